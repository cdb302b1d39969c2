using StreamEngine.Diagnostics;

namespace StreamEngine.Settings;

/// <summary>The log on a Kafka cluster.</summary>
/// <param name="Client">What its clients are set to, by librdkafka's names; secrets are in it in clear.</param>
/// <param name="TransactionTimeout">After how long the cluster gives up a transaction that nobody ended.</param>
/// <param name="HeartbeatInterval">How often a running pipeline shows that it lives.</param>
/// <param name="HeartbeatTimeout">How long after its last heartbeat a pipeline counts as gone.</param>
/// <param name="CreateTopics">Whether a start makes topics of users that aren't there.</param>
/// <param name="ReplicationFactor">On how many brokers topics are that the engine makes; -1 for what the brokers are set to.</param>
internal sealed record KafkaLogSettings(
    IReadOnlyDictionary<string, string> Client, TimeSpan TransactionTimeout, TimeSpan HeartbeatInterval, TimeSpan HeartbeatTimeout, bool CreateTopics, int ReplicationFactor)
{
    /// <summary>The least memory for what is fetched.</summary>
    private const long FetchMemoryMin = 1 << 20;

    /// <summary>The setting that says where the cluster is.</summary>
    public const string Servers = "bootstrap.servers";

    /// <summary>The memory that readers of all clusters share for what is fetched and not taken.</summary>
    public required long FetchMemoryBytes { get; init; }

    /// <param name="reader">Its block.</param>
    /// <param name="log">The block around it.</param>
    /// <param name="isUsed">Whether the log is there, so that where it is has to be known.</param>
    public static KafkaLogSettings Read(SettingsReader reader, SettingsReader log, bool isUsed)
    {
        int before = reader.Problems.Errors;
        IReadOnlyDictionary<string, string> client = reader.PassedOn("client", PassThroughs.Kafka);
        var settings = new KafkaLogSettings(
            client, reader.Duration("transaction.timeout", TimeSpan.FromSeconds(1)), reader.Duration("heartbeat.interval", TimeSpan.FromMilliseconds(100)),
            reader.Duration("heartbeat.timeout"), reader.Flag("create-topics"), reader.Number("replication-factor", -1, short.MaxValue))
        {
            FetchMemoryBytes = reader.Bytes("fetch-memory", FetchMemoryMin),
        };

        // A client block that is wrong was said to be so.
        if (isUsed && reader.Problems.Errors == before && client.GetValueOrDefault(Servers) is null or "")
        {
            reader.Problems.Add(
                ProblemCodes.Missing, log.PlaceOf("kind"), $"stream-engine.log.kafka.client.{Servers} must say where the cluster is, where log.kind = kafka",
                $"Write log.kafka.client {{ {Servers} = \"HOST:PORT\" }}, some of its brokers with commas between them.");
        }

        if (settings.ReplicationFactor == 0)
        {
            reader.Problems.Add(ProblemCodes.OutOfRange, reader.PlaceOf("replication-factor"), "log.kafka.replication-factor = 0 would keep records on no broker", "Give a number from 1 on, or -1 for what the brokers are set to.");
        }

        if (settings.HeartbeatTimeout <= 2 * settings.HeartbeatInterval)
        {
            reader.Conflict(
                "heartbeat.timeout",
                "heartbeat.interval",
                $"heartbeat.timeout ({SettingText.Of(settings.HeartbeatTimeout)}) must be more than twice heartbeat.interval ({SettingText.Of(settings.HeartbeatInterval)}): one that is late would let another host take over",
                "Make heartbeat.timeout longer, or heartbeat.interval shorter.");
        }

        return settings;
    }
}
