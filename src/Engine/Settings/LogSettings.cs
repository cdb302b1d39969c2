namespace StreamEngine.Settings;

/// <summary>Where topics live.</summary>
/// <param name="CacheBytes">Memory for blocks read from files.</param>
/// <param name="WriteBuffersBytes">Memory for what is not in files yet.</param>
/// <param name="CleanInterval">How often retention and compaction look at the topics.</param>
/// <param name="TombstoneRetention">How long a tombstone stays in a compacted topic.</param>
internal sealed record LogSettings(long CacheBytes, long WriteBuffersBytes, TimeSpan CleanInterval, TimeSpan TombstoneRetention)
{
    /// <summary>What clients of Kafka clusters are set to, by librdkafka's names.</summary>
    public required IReadOnlyDictionary<string, string> KafkaClient { get; init; }

    public static LogSettings Read(SettingsReader reader)
    {
        reader.Choice("kind", new Dictionary<string, bool> { ["embedded"] = true });
        SettingsReader embedded = reader.Section("embedded");
        return new LogSettings(
            embedded.Bytes("cache"), embedded.Bytes("write-buffers"), embedded.Duration("clean.interval", TimeSpan.FromMilliseconds(1)), embedded.Duration("tombstone-retention"))
        {
            KafkaClient = reader.Section("kafka").PassedOn("client", PassThroughs.Kafka),
        };
    }
}
