using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Connectors;

/// <summary>A client of one topic, or of all that match a pattern. Partitions are named by their numbers, or by topic and number where there are many.</summary>
/// <param name="address">The cluster.</param>
/// <param name="name">The topic; null for a pattern.</param>
/// <param name="pattern">The pattern; null for a topic.</param>
/// <param name="start">Where reading begins.</param>
/// <param name="outOfRange">What becomes of a position whose records are gone.</param>
/// <param name="context">Where it runs.</param>
internal sealed class KafkaSource(KafkaAddress address, string? name, TopicPattern? pattern, KafkaStart start, OutOfRange outOfRange, SourceContext context) : ISource
{
    private const char Separator = '/';

    private readonly KafkaLog log = address.Open(context.Logger, context.Clock);
    private readonly Dictionary<string, TopicInfo> topics = [];

    /// <summary>What becomes of a position whose records are gone.</summary>
    public OutOfRange OutOfRange => outOfRange;

    /// <summary>The stage, for messages.</summary>
    public string Stage => context.Name;

    public IReadOnlyList<StartPlaceKind> Places => [StartPlaceKind.Earliest, StartPlaceKind.Latest, StartPlaceKind.Time];

    public void Connect() => Look();

    public IReadOnlyList<SourcePartition> Partitions()
    {
        Look();
        IEnumerable<string> names = topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal)
            .SelectMany(topic => Enumerable.Range(0, topic.Partitions).Select(number => NameOf(topic, number)));
        return [.. names.Select((partition, index) => new SourcePartition(partition, index))];
    }

    public Position Begin(SourcePartition partition)
    {
        (TopicInfo topic, int number) = Resolve(partition);
        if (partition.IsLate) return PositionAt(partition, new StartPlace(StartPlaceKind.Earliest));
        if (start.Offsets?.Keys.Where(named => named >= topic.Partitions).ToList() is [var absent, ..])
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{context.Name}: topic {topic.Name} of {address} is to be read from an offset in partition {absent}, and has 0 to {topic.Partitions - 1}",
                "Leave that partition out of the offsets; partitions are numbered from 0.");
        }

        if (start.Offsets is null || !start.Offsets.TryGetValue(number, out long offset)) return PositionAt(partition, start.Place);
        PartitionRange range = RangeOf(topic, number);
        return offset >= range.FirstOffset && offset <= range.NextOffset
            ? At(topic, offset)
            : throw new EngineException(
                ErrorDomain.User,
                $"{PlaceOf(topic, number)} is to be read from offset {offset}, and holds {range.FirstOffset} to {range.NextOffset}",
                "Begin at an offset that is there.");
    }

    public Position PositionAt(SourcePartition partition, StartPlace place)
    {
        (TopicInfo topic, int number) = Resolve(partition);
        return At(topic, Telling(topic, () => place.Kind switch
        {
            StartPlaceKind.Latest => log.Range(topic, number).NextOffset,
            StartPlaceKind.Time => log.OffsetAt(topic, number, place.Time.ToUnixTimeMilliseconds()),
            _ => log.Range(topic, number).FirstOffset,
        }));
    }

    public PositionCheck Check(SourcePartition partition, Position position)
    {
        (TopicInfo topic, int number) = Resolve(partition);
        string place = PlaceOf(topic, number);
        if (position.Into != IdentityOf(topic))
        {
            return new PositionCheck(
                $"{place}, was deleted and made anew since it was read up to offset {position.At}, or the name now stands for another cluster",
                "Reset the pipeline to read the topic from its beginning, or point the name at the cluster that was read.");
        }

        PartitionRange range = RangeOf(topic, number);
        long offset = OffsetOf(position);
        if (outOfRange != OutOfRange.Fail || (offset >= range.FirstOffset && offset <= range.NextOffset)) return PositionCheck.Good;
        return offset > range.NextOffset
            ? new PositionCheck(
                $"{place}, ends at offset {range.NextOffset}, before the position {offset}: the cluster has lost records",
                "Reset the pipeline to read what there is, or say where to go on: out-of-range = earliest or latest.")
            : new PositionCheck(
                $"{place}, begins at offset {range.FirstOffset}, behind the position {offset}: the records between were removed before they were read",
                "Reset the pipeline to go on with what there is, or say so for good: out-of-range = earliest. Give the topic a longer retention.");
    }

    public ISourceReader OpenReader(ChunkPool pool, int number) => new KafkaSourceReader(this, log.NewReader(pool), context);

    public void Dispose() => log.Dispose();

    /// <summary>The topic and the number of a partition, whoever listed it.</summary>
    /// <exception cref="EngineException">There is no such topic any more.</exception>
    public (TopicInfo Topic, int Number) Resolve(SourcePartition partition)
    {
        int slash = partition.Name.LastIndexOf(Separator);
        string topicName = slash < 0 ? name ?? "" : partition.Name[..slash];
        if (!topics.TryGetValue(topicName, out TopicInfo? topic)) topics[topicName] = topic = log.Find(topicName) ?? throw Gone(topicName);
        return (topic, int.Parse(partition.Name.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>What a partition holds.</summary>
    /// <exception cref="EngineException">It was deleted, or the cluster can't be reached.</exception>
    public PartitionRange RangeOf(TopicInfo topic, int number) => Telling(topic, () => log.Range(topic, number));

    /// <summary>A place in a topic as a position.</summary>
    public Position At(TopicInfo topic, long offset) => new(IdentityOf(topic), offset.ToString(CultureInfo.InvariantCulture));

    /// <summary>What positions in a topic point into.</summary>
    public string IdentityOf(TopicInfo topic) => $"kafka:{log.Id}:{topic.Id}";

    /// <summary>The offset of a position.</summary>
    public static long OffsetOf(Position position) => long.Parse(position.At, CultureInfo.InvariantCulture);

    /// <summary>A partition, for messages.</summary>
    public string PlaceOf(TopicInfo topic, int number) => $"{context.Name}: topic {topic.Name} of {address}, partition {number}";

    /// <summary>A topic is gone, or was made anew. Among many that is nothing unusual: the task begins again without it.</summary>
    public EngineException Gone(string topic, Exception? inner = null) => pattern is not null
        ? new EngineException(ErrorDomain.External, $"{context.Name}: topic {topic} of {address} was deleted while it was read", "The task begins again without it.", inner)
        : new EngineException(
            ErrorDomain.User,
            $"{context.Name} reads topic {topic} of {address}, which doesn't exist there, or was made anew",
            "Correct its name, or make it. If it was deleted while it was in use, reset the pipeline to read the new one.",
            inner);

    private void Look()
    {
        string[] wanted = [name ?? ""];
        if (pattern is not null)
        {
            wanted = [.. log.Cluster.Names().Where(pattern.Matches)];
            if (wanted.Length > TopicPattern.TopicsMax)
            {
                throw new EngineException(
                    ErrorDomain.User, $"{context.Name}: {wanted.Length} topics of {address} match {pattern}, and a source reads {TopicPattern.TopicsMax} at most", "Write a narrower pattern, or several sources.");
            }

            if (wanted.Length == 0 && !context.Follows)
            {
                throw new EngineException(ErrorDomain.User, $"{context.Name}: no topic of {address} matches {pattern}", "Correct the pattern, or make a topic; --follow waits for one.");
            }
        }

        IReadOnlyList<TopicInfo> found = log.Cluster.Topics(wanted);
        if (name is not null && found.Count == 0) throw Gone(name);
        topics.Clear();
        foreach (TopicInfo topic in found) topics[topic.Name] = topic;
    }

    private string NameOf(TopicInfo topic, int number) => pattern is null
        ? number.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{topic.Name}{Separator}{number}");

    private T Telling<T>(TopicInfo topic, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (TopicException e)
        {
            throw Gone(topic.Name, e);
        }
    }
}
