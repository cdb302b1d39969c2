using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>A record that could not be processed, kept with its cause.</summary>
/// <param name="Subgraph">The subgraph whose task met it.</param>
/// <param name="Stage">The stage that failed.</param>
/// <param name="Source">The source it came from, and what that points into; null for a record that a stage made up.</param>
/// <param name="Offset">Its place in the source partition: an offset, a line.</param>
/// <param name="Ordinal">Its number among the dead letters of that record at that stage, from 0.</param>
/// <param name="Error">The type of the error, for grouping.</param>
/// <param name="Message">What went wrong, and where.</param>
public sealed record DeadLetter(string Subgraph, string Stage, SourcePartitionId? Source, long Offset, int Ordinal, string Error, string Message)
{
    /// <summary>The table that takes them in a database that is the commit point.</summary>
    public const string Table = "streamengine_dead_letters";

    /// <summary>The longest message kept, in characters.</summary>
    public const int MessageLengthMax = 4096;

    /// <summary>The bytes of the key as the source had it; null when it had none.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The bytes of the value as the source had it; null for a tombstone.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>The record's event time, in milliseconds since 1970.</summary>
    public long Timestamp { get; init; }

    /// <summary>The record's headers.</summary>
    public RecordHeaders Headers { get; init; }

    /// <summary>What makes it one and the same when it is written again: the same record, at the same stage.</summary>
    public string Identity => Source is { } source
        ? $"{Subgraph}/{Stage}/{source.Source}/{source.Partition}/{Offset}/{Ordinal}"
        : $"{Subgraph}/{Stage}/-/-/{Offset}/{Ordinal}";
}
