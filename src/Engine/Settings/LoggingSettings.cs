namespace StreamEngine.Settings;

/// <summary>What the host's log files are like.</summary>
internal sealed record LoggingSettings(string Level, long FileBytes, int FilesKept)
{
    private static readonly string[] Levels = ["verbose", "debug", "information", "warning", "error", "fatal"];

    public static LoggingSettings Read(SettingsReader reader) => new(
        reader.Choice("level", Levels.ToDictionary(level => level)), reader.Bytes("file.size"), reader.Number("file.keep", 1, 10_000));
}
