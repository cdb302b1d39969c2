using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Kafka.Commits;

/// <summary>Hands the chunks of an epoch to the session's producer as they come.</summary>
internal sealed class KafkaTopicWriter(KafkaSession session, TopicInfo topic) : ITopicWriter
{
    private int records;

    /// <summary>The topic.</summary>
    public TopicInfo Topic { get; } = topic;

    /// <summary>What it has sealed and the session has not committed; under the session's lock once it is set.</summary>
    public SentRecords? Sealed { get; set; }

    public bool Blocks => true;

    public long OpenBytes => 0;

    public bool Routes => true;

    public void Write(Chunk chunk) => Send(chunk, chunk.Partition, routes: false);

    public void Route(Chunk chunk, int keyless) => Send(chunk, keyless, routes: true);

    public SealedOutput Seal()
    {
        var output = new SentRecords(Topic, records);
        records = 0;
        session.Seal(this, output);
        return output;
    }

    public void Dispose()
    {
    }

    private void Send(Chunk chunk, int partition, bool routes)
    {
        try
        {
            session.Send(this, chunk, partition, routes);
            records += chunk.Records;
        }
        finally
        {
            chunk.Release();
        }
    }
}
