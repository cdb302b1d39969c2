namespace StreamEngine.Hosting.CommandLine;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A pipeline failed or was not run because it is paused, or a command found something wrong that it was asked to look for.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a definition is wrong, or something needed isn't there; nothing was started.</summary>
    public const int Refused = 2;

    /// <summary>Settings, or a pipeline without code, are wrong; nothing was started.</summary>
    public const int WrongSettings = 3;

    /// <summary>Another process has taken over what ran here; it goes on there from the last commit, and nothing failed.</summary>
    public const int TakenOver = 4;

    /// <summary>Interrupted a second time, before what was read was committed.</summary>
    public const int Interrupted = 130;
}
