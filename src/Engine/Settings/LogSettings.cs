namespace StreamEngine.Settings;

/// <summary>Where topics live.</summary>
/// <param name="IsKafka">Whether that is a Kafka cluster; else it is the data directory.</param>
/// <param name="CacheBytes">Embedded: memory for blocks read from files.</param>
/// <param name="WriteBuffersBytes">Embedded: memory for what is not in files yet.</param>
/// <param name="CleanInterval">Embedded: how often retention and compaction look at the topics.</param>
/// <param name="TombstoneRetention">Embedded: how long a tombstone stays in a compacted topic.</param>
internal sealed record LogSettings(bool IsKafka, long CacheBytes, long WriteBuffersBytes, TimeSpan CleanInterval, TimeSpan TombstoneRetention)
{
    /// <summary>The log on a Kafka cluster.</summary>
    public required KafkaLogSettings Kafka { get; init; }

    public static LogSettings Read(SettingsReader reader)
    {
        bool isKafka = reader.Choice("kind", new Dictionary<string, bool> { ["embedded"] = false, ["kafka"] = true });
        SettingsReader embedded = reader.Section("embedded");
        return new LogSettings(
            isKafka, embedded.Bytes("cache"), embedded.Bytes("write-buffers"), embedded.Duration("clean.interval", TimeSpan.FromMilliseconds(1)), embedded.Duration("tombstone-retention"))
        {
            Kafka = KafkaLogSettings.Read(reader.Section("kafka"), reader, isKafka),
        };
    }
}
