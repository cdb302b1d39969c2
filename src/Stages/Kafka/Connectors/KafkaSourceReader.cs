using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Connectors;

/// <summary>Reads a task's partitions of a cluster's topics.</summary>
internal sealed class KafkaSourceReader(KafkaSource source, KafkaLogReader reader, SourceContext context) : ISourceReader
{
    private readonly Dictionary<int, ReadPlace> places = [];
    private readonly Queue<SourceItem> ended = new();
    private volatile bool finishing = !context.Follows;
    private bool hasEnds;

    public void Assign(SourcePartition partition, Position from)
    {
        (TopicInfo topic, int number) = source.Resolve(partition);
        if (from.Into != source.IdentityOf(topic)) throw source.Gone(topic.Name);
        var place = new ReadPlace(topic, number, InRange(topic, number, KafkaSource.OffsetOf(from)));
        Told(() =>
        {
            reader.Assign(topic, number, place.Next, partition.Index);
            return 0;
        });
        places.Add(partition.Index, place);
        if (hasEnds) TakeEnd(partition.Index, place);
    }

    public SourceItem? Poll(TimeSpan wait)
    {
        if (finishing && !hasEnds)
        {
            hasEnds = true;
            foreach ((int index, ReadPlace place) in places) TakeEnd(index, place);
        }

        if (ended.TryDequeue(out SourceItem end)) return end;
        if (Told(() => reader.Poll(wait)) is not { } read) return PassOver();
        int partition = read.Chunk.Partition;
        return Moved(partition, places[partition], read.NextOffset, read.Chunk);
    }

    public void Finish()
    {
        finishing = true;
        reader.Wake();
    }

    public void Wake() => reader.Wake();

    public void Dispose() => reader.Dispose();

    /// <summary>Makes what the reader says one that tells whether trying again can help.</summary>
    private T Told<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TopicException e)
        {
            throw new EngineException(ErrorDomain.External, $"{context.Name}: {e.Message}", "The task begins again, and says then which topic is gone.", e);
        }
        catch (OffsetOutOfRangeException e)
        {
            // Removed before it was fetched. What becomes of it is decided where positions are looked at, when the task begins again.
            throw new EngineException(ErrorDomain.External, $"{context.Name}: {e.Message}", "The task begins again, and goes by what out-of-range says.", e);
        }
    }

    /// <summary>Where reading goes on: at the position, or where records are if those are gone and the source says so.</summary>
    private long InRange(TopicInfo topic, int number, long offset)
    {
        if (source.OutOfRange == OutOfRange.Fail) return offset;
        PartitionRange range = source.RangeOf(topic, number);
        if (offset >= range.FirstOffset && offset <= range.NextOffset) return offset;
        long next = source.OutOfRange == OutOfRange.Earliest ? range.FirstOffset : range.NextOffset;
        context.Logger.Warning("{Place}: offset {Offset} isn't there, and reading goes on at {Next}: what lay between is lost", source.PlaceOf(topic, number), offset, next);
        return next;
    }

    /// <summary>What no reader will ever see comes as no chunk; the position moves behind it all the same, and the end may lie there.</summary>
    private SourceItem? PassOver()
    {
        foreach ((int index, ReadPlace place) in places)
        {
            long now = reader.NextOffset(place.Topic, place.Number);
            if (now != place.Next) return Moved(index, place, now, null);
        }

        return null;
    }

    private SourceItem Moved(int index, ReadPlace place, long next, Chunk? chunk)
    {
        place.Next = next;
        if (place.End is not null) End(index, place);
        return new SourceItem(index, chunk, source.At(place.Topic, next));
    }

    private void TakeEnd(int index, ReadPlace place)
    {
        place.End = source.RangeOf(place.Topic, place.Number).NextOffset;
        End(index, place);
    }

    private void End(int index, ReadPlace place)
    {
        if (place.Next < place.End || place.HasEnded) return;
        place.HasEnded = true;
        ended.Enqueue(new SourceItem(index, null, source.At(place.Topic, place.Next)) { IsEnd = true });
    }

    /// <summary>A partition that is read, and how far.</summary>
    private sealed class ReadPlace(TopicInfo topic, int number, long next)
    {
        public TopicInfo Topic { get; } = topic;

        public int Number { get; } = number;

        public long Next { get; set; } = next;

        /// <summary>Where it ends; null while more may come.</summary>
        public long? End { get; set; }

        public bool HasEnded { get; set; }
    }
}
