using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Kafka;

/// <summary>A partition that a reader is assigned, and how far it is.</summary>
/// <param name="topic">The topic.</param>
/// <param name="number">The partition's number on the cluster.</param>
/// <param name="offset">Where reading begins.</param>
/// <param name="chunks">The number its chunks get.</param>
/// <param name="pool">Where the memory of the chunks comes from.</param>
internal sealed class ReadPartition(TopicInfo topic, int number, long offset, int chunks, ChunkPool pool)
{
    private long handed = offset;

    /// <summary>The topic.</summary>
    public TopicInfo Topic { get; } = topic;

    /// <summary>The partition's number.</summary>
    public int Number { get; } = number;

    /// <summary>Fills the partition's next chunk.</summary>
    public ChunkBuilder Builder { get; } = new(pool, chunks);

    /// <summary>Behind all that was taken from the consumer, whether handed out or not.</summary>
    public long Read { get; set; } = offset;

    /// <summary>How many chunks are made and not handed out.</summary>
    public int Waiting { get; set; }

    /// <summary>Behind all that was handed out; where nothing waits, behind what no reader will ever see, too.</summary>
    public long Next => Waiting == 0 ? Read : handed;

    /// <summary>Hands the first waiting chunk out.</summary>
    public LogChunk Hand(Chunk chunk)
    {
        Waiting--;
        handed = chunk.NextOffset;
        return new LogChunk(Topic, chunk, Next);
    }
}
