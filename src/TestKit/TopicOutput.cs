using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>Reads what is committed of topics.</summary>
internal static class TopicOutput
{
    /// <summary>All records of a topic, partition by partition in the order of their offsets.</summary>
    public static List<OutputRecord<TKey, TValue>> Read<TKey, TValue>(InMemoryLog log, TopicInfo topic, StreamShape<TKey, TValue> shape)
    {
        var records = new List<OutputRecord<TKey, TValue>>();
        foreach (Chunk chunk in Chunks(log, topic))
        {
            var reader = new ChunkReader(chunk);
            while (reader.MoveNext())
            {
                records.Add(OutputRecord<TKey, TValue>.Of(reader.Record(0, chunk.Partition, shape.KeySerde, shape.ValueSerde)));
            }
        }

        return records;
    }

    /// <summary>All dead letters of a topic, in the order in which they were committed.</summary>
    public static List<DeadLetter> ReadDeadLetters(InMemoryLog log, TopicInfo topic)
    {
        var letters = new List<DeadLetter>();
        foreach (Chunk chunk in Chunks(log, topic))
        {
            var reader = new ChunkReader(chunk);
            while (reader.MoveNext()) letters.Add(DeadLetterFormat.Decode(ref reader));
        }

        return letters;
    }

    private static IEnumerable<Chunk> Chunks(InMemoryLog log, TopicInfo topic)
    {
        using ILogReader reader = log.OpenReader(new ChunkPool());
        for (int partition = 0; partition < topic.Partitions; partition++)
        {
            PartitionRange range = log.Range(topic, partition);
            if (range.FirstOffset == range.NextOffset) continue;
            reader.Assign(topic, partition, range.FirstOffset);
        }

        var chunks = new List<Chunk>();
        while (reader.Poll(TimeSpan.Zero) is { } read) chunks.Add(read.Chunk);
        return chunks.OrderBy(chunk => chunk.Partition).ThenBy(chunk => chunk.BaseOffset);
    }
}
