namespace StreamEngine.Settings;

/// <summary>When checkpoints are taken.</summary>
internal sealed record CheckpointSettings(TimeSpan Interval, int Keep)
{
    public static CheckpointSettings Read(SettingsReader reader) => new(reader.Duration("interval"), reader.Number("keep", 1, 1000));
}
