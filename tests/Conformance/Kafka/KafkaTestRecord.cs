namespace StreamEngine.Conformance.Kafka;

/// <summary>A record of a topic as text: one to be written, or one that was read.</summary>
/// <param name="Key">Its key; null for a record that has none.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
/// <param name="Partition">Where it stands or is to stand; when it is written, -1 leaves that to the client.</param>
/// <param name="Timestamp">Its time; when it is written, null is the client's clock.</param>
/// <param name="Headers">Its headers in their order, names may repeat; null is none.</param>
/// <param name="Offset">Where it stands in its partition; not said when it is to be written.</param>
public sealed record KafkaTestRecord(
    string? Key, string? Value, int Partition = -1, DateTimeOffset? Timestamp = null, IReadOnlyList<KeyValuePair<string, string?>>? Headers = null, long Offset = -1);
