using System.Globalization;

namespace StreamEngine.Faults.Tests;

/// <summary>How much the fault tests do: little unless the environment says more.</summary>
internal static class FaultSettings
{
    /// <summary>How often the host is killed at random moments.</summary>
    public static int Kills { get; } = Number("STREAMENGINE_HOST_KILLS", 40);

    /// <summary>How often the host dies at each point of a commit.</summary>
    public static int CrashesAtEachPoint { get; } = Number("STREAMENGINE_HOST_CRASHES", 2);

    /// <summary>How often the host is killed while its log is on a cluster, at random moments and at points of a commit in turn.</summary>
    public static int KillsOnKafka { get; } = Number("STREAMENGINE_KAFKA_KILLS", 4);

    /// <summary>How many faults hosts, brokers and connections are given on Kafka, in all tests of them together.</summary>
    public static int KafkaFaults { get; } = Number("STREAMENGINE_KAFKA_FAULTS", 60);

    /// <summary>How many of them are hosts that were paused while another took over.</summary>
    public static int KafkaZombies => Math.Max(1, KafkaFaults / 5);

    /// <summary>How many of them are brokers of three that were killed.</summary>
    public static int KafkaBrokers => Math.Max(1, KafkaFaults / 15);

    /// <summary>For how many seconds a Kafka cluster is away.</summary>
    public static int KafkaAwaySeconds { get; } = Number("STREAMENGINE_KAFKA_AWAY", 15);

    /// <summary>What random choices begin with.</summary>
    public static int Seed { get; } = Number("STREAMENGINE_SEED", Environment.TickCount & 0xffff);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
