using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>The beginning of a segment: takes elements, and drives their records through the links.</summary>
internal interface ISegmentHead
{
    /// <summary>Drives the records of an element through the links. The caller releases the element afterwards.</summary>
    void Process(Element element);

    /// <summary>The epoch ends.</summary>
    void OnBarrier(Epoch epoch);
}

/// <summary>Finds the bytes of a record as its source had it, for dead letters.</summary>
internal interface IOriginals
{
    /// <summary>Fills in key, value, time and headers of the record that is being processed; null when the segment doesn't have its bytes.</summary>
    DeadLetter? Restore(DeadLetter letter, Origin origin);
}

/// <summary>A link that can do without the types of a record that nobody before it has looked at.</summary>
internal interface IRawReceiver
{
    /// <summary>Takes the record a reader stands at, if its bytes are all that is needed; false leaves it to <see cref="Receiver{TKey,TValue}.Receive"/>.</summary>
    bool TryReceive(ref ChunkReader reader);

    /// <summary>Takes all records of a chunk at once, if it need not look at each; false leaves them to be taken one by one. The caller keeps its hold.</summary>
    bool TryReceive(Chunk chunk);
}

/// <summary>The beginning of a segment, by types.</summary>
internal sealed class SegmentHead<TKey, TValue>(Receiver<TKey, TValue> first, StreamShape<TKey, TValue> shape, StageContext context) : ISegmentHead, IOriginals
{
    private readonly ByteWriter scratch = new();
    private readonly IRawReceiver? raw = first as IRawReceiver;
    private Chunk? current;
    private Batch<TKey, TValue>? typed;
    private int typedIndex;

    public void Process(Element element)
    {
        switch (element)
        {
            case Chunk chunk:
                Process(chunk);
                break;
            case Batch<TKey, TValue> batch:
                Process(batch);
                break;
            case Poison poison:
                context.OnPoison(poison);
                break;
            default:
                throw new InvalidOperationException($"a segment of {shape.Description} can't take {element.GetType().Name}");
        }
    }

    public void OnBarrier(Epoch epoch) => first.OnBarrier(epoch);

    public DeadLetter? Restore(DeadLetter letter, Origin origin)
    {
        if (typed is not null) return RestoreTyped(letter, origin);
        if (current is null || current.Partition != origin.Partition) return null;

        // Only an error comes here, so finding the record again by walking the chunk costs nothing where there are none.
        var reader = new ChunkReader(current);
        while (reader.MoveNext())
        {
            if (reader.Offset != origin.Offset) continue;
            return letter with
            {
                Key = reader.HasKey ? reader.Key.ToArray() : (ReadOnlyMemory<byte>?)null,
                Value = reader.HasValue ? reader.Value.ToArray() : (ReadOnlyMemory<byte>?)null,
                Timestamp = reader.Timestamp,
                Headers = reader.Headers.Detach(),
            };
        }

        return null;
    }

    /// <summary>A record that its source made has no bytes of its own: they are those that the stream's serdes make of it.</summary>
    private DeadLetter? RestoreTyped(DeadLetter letter, Origin origin)
    {
        ref Record<TKey, TValue> record = ref typed!.Span[typedIndex];
        if (record.Origin != origin) return null;
        return letter with
        {
            Key = shape.HasKey && record.HasKey ? record.KeyBytes(shape.KeySerde, scratch).ToArray() : null,
            Value = record.IsTombstone ? null : record.ValueBytes(shape.ValueSerde, scratch).ToArray(),
            Timestamp = record.Timestamp,
            Headers = record.Headers.Detach(),
        };
    }

    private void Process(Batch<TKey, TValue> batch)
    {
        typed = batch;
        Span<Record<TKey, TValue>> records = batch.Span;
        for (typedIndex = 0; typedIndex < records.Length; typedIndex++) first.Receive(ref records[typedIndex]);
        typed = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Process(Chunk chunk)
    {
        if (raw is not null && raw.TryReceive(chunk)) return;
        current = chunk;
        var reader = new ChunkReader(chunk);
        while (reader.MoveNext())
        {
            if (raw is not null && raw.TryReceive(ref reader)) continue;
            Record<TKey, TValue> record = reader.Record(chunk.Source, chunk.Partition, shape.KeySerde, shape.ValueSerde);
            first.Receive(ref record);
        }

        current = null;
    }
}

/// <summary>A link that has to know where an element begins and ends.</summary>
internal interface IElementScope
{
    /// <summary>The records that follow are slices of this element's memory.</summary>
    void Begin(Element element);

    /// <summary>They are over.</summary>
    void End();
}

/// <summary>
/// The end of a segment in front of a stage that takes typed records: collects them into batches, each of which holds the element whose memory
/// its records are slices of.
/// </summary>
internal sealed class BatchCollector<TKey, TValue>(IStageContext context, IElementOutput output) : Receiver<TKey, TValue>, IElementScope, IDisposable
{
    private readonly BatchPool<TKey, TValue> pool = context.Batches<TKey, TValue>();
    private Batch<TKey, TValue>? open;
    private Element? memory;

    public override void Receive(ref Record<TKey, TValue> record)
    {
        if (open is null)
        {
            open = pool.Rent();
            if (memory is not null) open.Hold(memory);
        }

        open.Add(record, 64 + record.KeyField.Bytes.Length + record.ValueField.Bytes.Length);
        if (open.IsFull) Emit();
    }

    public override void OnBarrier(Epoch epoch) => Emit();

    public void Begin(Element element) => memory = element;

    public void End()
    {
        Emit();
        memory = null;
    }

    public void Dispose()
    {
        open?.Release();
        open = null;
    }

    private void Emit()
    {
        if (open is null) return;
        output.Emit(open);
        open = null;
    }
}
