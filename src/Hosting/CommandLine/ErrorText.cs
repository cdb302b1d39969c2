using StreamEngine.Diagnostics;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>How an error is shown: what and where, then what to do.</summary>
internal static class ErrorText
{
    public static void Print(EngineException error) => Console.Error.WriteLine(Of(error));

    public static string Of(EngineException error) => $"error: {error.Message}\n  {error.Remedy}";
}
