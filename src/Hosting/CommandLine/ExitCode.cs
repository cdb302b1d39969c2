namespace StreamEngine.Hosting.CommandLine;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A pipeline failed, or was not run because it is paused.</summary>
    public const int Failed = 1;

    /// <summary>The command line, a definition or a setting is wrong, or something needed isn't there; nothing was started.</summary>
    public const int Refused = 2;

    /// <summary>Interrupted a second time, before what was read was committed.</summary>
    public const int Interrupted = 130;
}
