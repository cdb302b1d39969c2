using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>What a sink's encoder may use in a test: it keeps the reasons of the records that the encoder refused, and leaves them out.</summary>
public sealed class SinkStageContext : IStageContext
{
    public List<string> Refused { get; } = [];

    public string Stage => "sink";

    public TimeProvider Clock => TimeProvider.System;

    public ChunkPool Chunks { get; } = new();

    public bool OnError<TKey, TValue>(ref Record<TKey, TValue> record, Exception error, int attempt)
    {
        Refused.Add(error.Message);
        return false;
    }

    public IKeyedState<TValue> State<TValue>(ISerde<TValue> serde) => throw new InvalidOperationException("a sink has no state");

    public BatchPool<TKey, TValue> Batches<TKey, TValue>() => new();
}
