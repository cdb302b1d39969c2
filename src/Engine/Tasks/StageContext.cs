using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.State;

namespace StreamEngine.Tasks;

/// <summary>What all stages of a task share.</summary>
internal sealed record TaskEnvironment
{
    public required TaskClaim Claim { get; init; }

    public required TimeProvider Clock { get; init; }

    public required ChunkPool Chunks { get; init; }

    public required EpochLedger Ledger { get; init; }

    public required ITaskEvents Events { get; init; }

    /// <summary>What becomes of records that fail, by the name of the stage they fail in.</summary>
    public required Func<string, ErrorPolicy> ErrorsOf { get; init; }

    public required TaskCounters Counters { get; init; }

    /// <summary>Is cancelled when the task stops.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>Names a source partition, for errors.</summary>
    public required Func<Origin, SourcePartitionId?> NameOf { get; init; }

    /// <summary>The store of a keyed state, by its name.</summary>
    public required Func<string, (StateInfo Info, IStateReader Reader)> StateOf { get; init; }

    /// <summary>How much memory the task's states may take together, in bytes.</summary>
    public required long StateBytesMax { get; init; }

    /// <summary>How many bytes of dead letters an epoch takes before it ends.</summary>
    public long LetterBytesMax { get; init; } = 8L << 20;

    /// <summary>Whether nothing may go on before the position behind it is committed: at-most-once.</summary>
    public bool PositionsFirst { get; init; }

    /// <summary>What is between two stages.</summary>
    public Handover Handover { get; } = new();

    /// <summary>Notes which ends of the graph have stopped.</summary>
    public GraphLife Life { get; } = new();

    /// <summary>Pools of batches, to see that nothing leaked.</summary>
    public List<Func<int>> Outstanding { get; } = [];
}

/// <summary>What one stage may use.</summary>
internal sealed class StageContext(TaskEnvironment task, StageNode node) : IStageContext
{
    private readonly ErrorPolicy errors = task.ErrorsOf(node.Name);
    private Epoch closed = task.Ledger.Committed;
    private Origin lastFailed;
    private int ordinal;
    private long letterBytes;

    public string Stage => node.Name;

    public TimeProvider Clock => task.Clock;

    public ChunkPool Chunks => task.Chunks;

    /// <summary>Where the segment finds the bytes of a record.</summary>
    public IOriginals? Originals { get; set; }

    /// <summary>The epoch that the stage is in: one behind the last whose barrier has passed it.</summary>
    private Epoch Open => closed.Next();

    /// <summary>A barrier has passed the stage.</summary>
    public void Close(Epoch epoch)
    {
        closed = epoch;
        letterBytes = 0;
    }

    public bool OnError<TKey, TValue>(ref Record<TKey, TValue> record, Exception error, int attempt)
    {
        if (error is OperationCanceledException && task.Stopping.IsCancellationRequested) throw error;
        bool mayPass = error is not SerdeException;
        if (mayPass && attempt <= errors.Retries)
        {
            // Waits on the task's own thread: what follows in the order of the partition has to wait anyway.
            task.Stopping.WaitHandle.WaitOne(errors.DelayAfter(attempt));
            task.Stopping.ThrowIfCancellationRequested();
            return true;
        }

        if (!errors.Tolerates) throw new StageException(Stage, node.Label, Place(record.Origin), error);
        DeadLetter letter = Letter(record.Origin, error);
        Bury(Originals?.Restore(letter, record.Origin) ?? letter with
        {
            Key = Bytes(ref record.KeyField, InputShape<TKey, TValue>()?.KeySerde),
            Value = Bytes(ref record.ValueField, InputShape<TKey, TValue>()?.ValueSerde),
            Timestamp = record.Timestamp,
            Headers = record.Headers.Detach(),
        });
        return false;
    }

    /// <summary>Decides on a record that its source couldn't read.</summary>
    public void OnPoison(Poison poison)
    {
        if (!errors.Tolerates) throw new StageException(Stage, node.Label, Place(poison.Origin), poison.Cause);
        Bury(Letter(poison.Origin, poison.Cause) with { Value = poison.Raw, Timestamp = task.Clock.GetUtcNow().ToUnixTimeMilliseconds() });
    }

    public IKeyedState<TValue> State<TValue>(ISerde<TValue> serde)
    {
        if (node is not IStatefulNode stateful) throw new InvalidOperationException($"stage {Stage} has declared no keyed state");
        (StateInfo info, IStateReader reader) = task.StateOf(stateful.State.Name);
        return new KeyedState<TValue>(info, reader, serde, task.Ledger, task.Events, task.StateBytesMax);
    }

    public BatchPool<TKey, TValue> Batches<TKey, TValue>()
    {
        var pool = new BatchPool<TKey, TValue>();
        task.Outstanding.Add(() => pool.Outstanding);
        return pool;
    }

    private StreamShape<TKey, TValue>? InputShape<TKey, TValue>() => node.Inputs.Count > 0 ? node.Inputs[0].Output as StreamShape<TKey, TValue> : null;

    /// <summary>The bytes of a field as this stage got it; null for none, or where its value can't be encoded either.</summary>
    private static ReadOnlyMemory<byte>? Bytes<T>(ref Field<T> field, ISerde<T>? serde)
    {
        if (field.HasBytes) return field.Bytes.ToArray();
        if (field.IsNull || serde is null || typeof(T) == typeof(NoKey)) return null;
        try
        {
            return ChunkBuilder.Encode(ref field, serde, new ByteWriter()).ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }

    private DeadLetter Letter(Origin origin, Exception error)
    {
        ordinal = origin == lastFailed ? ordinal + 1 : 0;
        lastFailed = origin;
        string message = $"{(Place(origin) is { } place ? $"{place}: " : "")}{StageException.Describe(error)}";
        return new DeadLetter(
            task.Claim.Task.Subgraph,
            Stage,
            task.NameOf(origin),
            origin.Offset,
            ordinal,
            error.GetType().Name,
            message.Length <= DeadLetter.MessageLengthMax ? message : message[..DeadLetter.MessageLengthMax]);
    }

    private void Bury(DeadLetter letter)
    {
        task.Ledger.Add(Open, letter);
        long before = letterBytes;
        letterBytes += 512 + letter.Value.GetValueOrDefault().Length + letter.Key.GetValueOrDefault().Length;
        if (before <= task.LetterBytesMax && letterBytes > task.LetterBytesMax) task.Events.EpochFull();
    }

    private string? Place(Origin origin) => task.NameOf(origin) is { } source ? $"{source.Source}, {source.Partition}, {origin.Offset}" : null;
}
