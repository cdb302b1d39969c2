using System.Diagnostics.CodeAnalysis;
using System.Text;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>A record as it stands in a topic.</summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <typeparam name="TValue">The type of the value.</typeparam>
/// <param name="Key">The key; the type's default when the record has none.</param>
/// <param name="Value">The value; the type's default when the record is a tombstone.</param>
/// <param name="EventTime">When the event happened.</param>
public sealed record OutputRecord<TKey, TValue>([property: MaybeNull] TKey Key, [property: MaybeNull] TValue Value, DateTimeOffset EventTime)
{
    /// <summary>Whether the record has a key.</summary>
    public bool HasKey { get; init; }

    /// <summary>Whether the value is null: the key is deleted.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>The partition it stands in; in a sink that is no topic, the one that it came from.</summary>
    public int Partition { get; init; }

    /// <summary>Its offset there.</summary>
    public long Offset { get; init; }

    /// <summary>The headers.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];

    /// <summary>Copies a record.</summary>
    internal static OutputRecord<TKey, TValue> Of(Record<TKey, TValue> record)
    {
        record.Detach();
        return new OutputRecord<TKey, TValue>(
            record.HasKey ? record.Key : default!, record.IsTombstone ? default! : record.Value, DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp))
        {
            HasKey = record.HasKey,
            IsTombstone = record.IsTombstone,
            Partition = record.Origin.Partition,
            Offset = record.Origin.Offset,
            Headers = [.. record.Headers],
        };
    }

    /// <summary>The last value under a header's name, as text; null when there is none.</summary>
    public string? Header(string name) => Headers.LastOrDefault(header => header.Name == name).Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{(HasKey ? Key : "no key")} = {(IsTombstone ? "tombstone" : Value)}";
}
