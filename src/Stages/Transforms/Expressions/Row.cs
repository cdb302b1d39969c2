using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>The record that an expression looks at. Each operator has one, which it fills for record after record. Not thread-safe.</summary>
internal sealed class Row
{
    /// <summary>The value; null for a tombstone.</summary>
    public DataObject? Value { get; set; }

    /// <summary>The key; null when there is none, or the expression doesn't ask for it.</summary>
    public DataObject? Key { get; private set; }

    /// <summary>The event time, in milliseconds since 1970.</summary>
    public long Timestamp { get; private set; }

    /// <summary>Where the record came from.</summary>
    public Origin Origin { get; private set; }

    /// <summary>The headers, which are a view of the record's memory.</summary>
    public RecordHeaders Headers { get; private set; }

    /// <summary>Looks at a record from now on.</summary>
    /// <param name="record">The record.</param>
    /// <param name="needsKey">Whether the key is asked for; if not, it isn't decoded.</param>
    public void Load<TKey>(ref Record<TKey, DataObject> record, bool needsKey)
    {
        Value = record.Value;
        Timestamp = record.Timestamp;
        Origin = record.Origin;
        Headers = record.Headers;
        Key = needsKey && typeof(TKey) == typeof(DataObject) && record.HasKey ? (DataObject)(object)record.Key! : null;
    }
}
