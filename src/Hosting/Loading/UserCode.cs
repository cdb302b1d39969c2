using System.Diagnostics;

namespace StreamEngine.Hosting.Loading;

/// <summary>Finds a user's own line in an exception.</summary>
internal static class UserCode
{
    private static readonly string[] Ours = ["StreamEngine.", "System.", "Microsoft."];

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
