using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Topics;

/// <summary>What every topic that is read has in common, whatever its types.</summary>
internal interface ITopicSource
{
    /// <summary>What the topic would be like if it were made.</summary>
    TopicSpec Spec { get; }
}

/// <summary>A topic of the engine's log as a source. A position is an offset in a topic of that id.</summary>
internal sealed class TopicSourceDefinition<TKey, TValue>(Topic<TKey, TValue> topic) : SourceDefinition<TKey, TValue>, ITopicSource
{
    public TopicSpec Spec => topic.Spec;

    public override string Connector => "topic";

    public override string Target => $"topic {topic.Spec.Name}";

    public override string Slug => TopicNames.Slug(topic.Spec.Name);

    public override string Topic => topic.Spec.Name;

    public override ISerde<TKey>? KeySerde => topic.KeySerde;

    public override ISerde<TValue>? ValueSerde => topic.ValueSerde;

    public override ISource Open(SourceContext context) => new TopicSource(topic.Spec.Name, topic.Start, context) { Offsets = topic.Offsets, OutOfRange = topic.OutOfRange };
}

/// <summary>What topics' names become in names of stages.</summary>
internal static class TopicNames
{
    public static string Slug(string topic) => string.Concat(topic.Select(c => c == '.' ? '_' : c));
}

/// <summary>A client of a topic.</summary>
internal sealed class TopicSource(string name, StartPlace start, SourceContext context) : ISource
{
    private TopicInfo? topic;

    /// <summary>Where reading begins in partitions by their numbers; null where that is the same for all.</summary>
    public IReadOnlyDictionary<int, long>? Offsets { get; init; }

    /// <summary>What becomes of a position whose records are gone.</summary>
    public OutOfRange OutOfRange { get; init; }

    private TopicInfo Topic => topic ?? throw new InvalidOperationException($"topic {name} is read before it was connected to");

    public void Connect() => topic = context.Log.Find(name) ?? throw new EngineException(
        ErrorDomain.User,
        $"{context.Name} reads topic {name}, which doesn't exist in {context.Log.Description}",
        "Run the pipeline that writes it, or make it; topics list shows those there are.");

    public IReadOnlyList<SourcePartition> Partitions() =>
        [.. Enumerable.Range(0, Topic.Partitions).Select(number => new SourcePartition(number.ToString(CultureInfo.InvariantCulture), number))];

    public Position Begin(SourcePartition partition)
    {
        if (partition.IsLate) return PositionAt(partition, new StartPlace(StartPlaceKind.Earliest));
        if (Offsets?.Keys.Where(named => named >= Topic.Partitions).ToList() is [var absent, ..])
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{context.Name}: topic {name} is to be read from an offset in partition {absent}, and has 0 to {Topic.Partitions - 1}",
                "Leave that partition out of the offsets; partitions are numbered from 0.");
        }

        if (Offsets is null || !Offsets.TryGetValue(partition.Index, out long offset)) return PositionAt(partition, start);
        PartitionRange range = context.Log.Range(Topic, partition.Index);
        return offset >= range.FirstOffset && offset <= range.NextOffset
            ? At(Topic, offset)
            : throw new EngineException(
                ErrorDomain.User,
                $"{context.Name}: topic {name}, partition {partition.Name} is to be read from offset {offset}, and holds {range.FirstOffset} to {range.NextOffset}",
                "Begin at an offset that is there.");
    }

    public IReadOnlyList<StartPlaceKind> Places => [StartPlaceKind.Earliest, StartPlaceKind.Latest, StartPlaceKind.Time];

    public Position PositionAt(SourcePartition partition, StartPlace place)
    {
        PartitionRange range = context.Log.Range(Topic, partition.Index);
        return At(Topic, place.Kind switch
        {
            StartPlaceKind.Latest => range.NextOffset,
            StartPlaceKind.Time => context.Log.OffsetAt(Topic, partition.Index, place.Time.ToUnixTimeMilliseconds()),
            _ => range.FirstOffset,
        });
    }

    public PositionCheck Check(SourcePartition partition, Position position)
    {
        string place = $"{context.Name}: topic {name}, partition {partition.Name}";
        if (position.Into != Identity(Topic))
        {
            return new PositionCheck(
                $"{place} was deleted and made anew since it was read up to offset {position.At}, or the log was replaced by another",
                "Reset the pipeline to read the topic from its beginning, or put the old log back.");
        }

        PartitionRange range = context.Log.Range(Topic, partition.Index);
        long offset = OffsetOf(position);
        if (OutOfRange != OutOfRange.Fail) return PositionCheck.Good;
        if (offset > range.NextOffset)
        {
            return new PositionCheck(
                $"{place} ends at offset {range.NextOffset}, before the position {offset}: records were lost, or an older copy of the log was put in its place",
                "Put the newest copy of the log back, or reset the pipeline to read what there is, or say where to go on: out-of-range = earliest or latest.");
        }

        return offset >= range.FirstOffset
            ? PositionCheck.Good
            : new PositionCheck(
                $"{place} begins at offset {range.FirstOffset}, behind the position {offset}: the records between were removed before they were read",
                "Reset the pipeline to go on with what there is, or say so for good: out-of-range = earliest. Give the topic a longer retention.");
    }

    public ISourceReader OpenReader(ChunkPool pool, int number) => new TopicReader(this, context.Log, Topic, pool);

    public void Dispose()
    {
    }

    /// <summary>Where reading goes on: at an offset, or where records are if those are gone and the source says so.</summary>
    public long InRange(TopicInfo read, int partition, long offset)
    {
        if (OutOfRange == OutOfRange.Fail) return offset;
        PartitionRange range = context.Log.Range(read, partition);
        if (offset >= range.FirstOffset && offset <= range.NextOffset) return offset;
        long next = OutOfRange == OutOfRange.Earliest ? range.FirstOffset : range.NextOffset;
        context.Logger.Warning("{Stage}: topic {Topic}, partition {Partition}: offset {Offset} isn't there, and reading goes on at {Next}: what lay between is lost", context.Name, name, partition, offset, next);
        return next;
    }

    /// <summary>The exception for records that were removed before they were fetched. What becomes of the position is decided when the task begins again.</summary>
    public EngineException Removed(OffsetOutOfRangeException error) =>
        new(ErrorDomain.External, $"{context.Name}: {error.Message}", "The task begins again, and goes by what out-of-range says.", error);

    internal static string Identity(TopicInfo topic) => $"topic:{topic.Id}";

    internal static Position At(TopicInfo topic, long offset) => new(Identity(topic), offset.ToString(CultureInfo.InvariantCulture));

    internal static long OffsetOf(Position position) => long.Parse(position.At, CultureInfo.InvariantCulture);
}

/// <summary>Reads a task's partitions of a topic.</summary>
internal sealed class TopicReader(TopicSource source, ILog log, TopicInfo topic, ChunkPool pool) : ISourceReader
{
    private readonly ILogReader reader = log.OpenReader(pool);
    private readonly Dictionary<int, long> next = [];
    private readonly Queue<SourceItem> ended = new();
    private Dictionary<int, long>? ends;
    private volatile bool finishing;

    public void Assign(SourcePartition partition, Position from)
    {
        long offset = source.InRange(topic, partition.Index, TopicSource.OffsetOf(from));
        Told(() =>
        {
            reader.Assign(topic, partition.Index, offset);
            return 0;
        });
        next[partition.Index] = offset;
    }

    public SourceItem? Poll(TimeSpan wait)
    {
        if (finishing && ends is null) TakeEnds();
        if (ended.TryDequeue(out SourceItem end)) return end;
        if (Told(() => reader.Poll(wait)) is not { } read) return PassOver();
        int partition = read.Chunk.Partition;
        next[partition] = read.NextOffset;
        CheckEnd(partition);
        return new SourceItem(partition, read.Chunk, TopicSource.At(topic, read.NextOffset));
    }

    public void Finish()
    {
        finishing = true;
        reader.Wake();
    }

    public void Wake() => reader.Wake();

    public void Dispose() => reader.Dispose();

    private T Told<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (OffsetOutOfRangeException e) when (source.OutOfRange != OutOfRange.Fail)
        {
            throw source.Removed(e);
        }
    }

    /// <summary>What no reader will ever see comes as no chunk; the position moves behind it all the same, and the end may lie there.</summary>
    private SourceItem? PassOver()
    {
        foreach ((int partition, long was) in next)
        {
            long now = reader.NextOffset(topic, partition);
            if (now == was) continue;
            next[partition] = now;
            CheckEnd(partition);
            return new SourceItem(partition, null, TopicSource.At(topic, now));
        }

        return null;
    }

    private void TakeEnds()
    {
        ends = next.Keys.ToDictionary(partition => partition, partition => log.Range(topic, partition).NextOffset);
        foreach (int partition in next.Keys) CheckEnd(partition);
    }

    private void CheckEnd(int partition)
    {
        if (ends is null || !ends.TryGetValue(partition, out long end) || next[partition] < end) return;
        ends.Remove(partition);
        ended.Enqueue(new SourceItem(partition, null, TopicSource.At(topic, next[partition])) { IsEnd = true });
    }
}
