using System.Diagnostics;
using StreamEngine.Diagnostics;

namespace StreamEngine.Hosting.Loading;

/// <summary>Tells of an exception what its user needs: where in their own source it came from, and what is wrong.</summary>
internal static class UserCode
{
    private static readonly string[] Ours = ["StreamEngine.", "System.", "Microsoft."];

    /// <summary>What is wrong, with the type of the error unless the message was written for the user.</summary>
    public static string Describe(Exception error) => error is ArgumentException ? error.Message : StageException.Describe(error);

    /// <summary>Where in the user's source an exception came from, as <c> at file:line</c>; empty when that isn't known.</summary>
    public static string PlaceOf(Exception error)
    {
        foreach (StackFrame frame in new StackTrace(error, fNeedFileInfo: true).GetFrames())
        {
            string type = frame.GetMethod()?.DeclaringType?.FullName ?? "";
            if (frame.GetFileName() is { } file && !Ours.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal))) return $" at {Path.GetFileName(file)}:{frame.GetFileLineNumber()}";
        }

        return "";
    }
}
