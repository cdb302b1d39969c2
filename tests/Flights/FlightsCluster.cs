using StreamEngine.Conformance.Kafka;

namespace StreamEngine.Flights.Checks;

/// <summary>A broker for the flights example alone, whose topics have names that can't be chosen; started when it is first asked for.</summary>
public sealed class FlightsCluster : IDisposable
{
    private KafkaServers? servers;

    /// <summary>A client of it that isn't the engine's. Skips the test with the reason where there can be no broker.</summary>
    public KafkaTestClient Client => new((servers ??= KafkaServers.Start()).Bootstrap);

    /// <summary>What makes its topics the log of a host.</summary>
    public IReadOnlyList<string> Settings =>
        ["--set", "stream-engine.log.kind=kafka", "--set", $"stream-engine.log.kafka.client.bootstrap.servers={(servers ??= KafkaServers.Start()).Bootstrap}"];

    /// <summary>Removes whatever runs have left, and makes the topics of the example as a user does.</summary>
    /// <param name="partitions">How many partitions they get.</param>
    public void Begin(int partitions = 4)
    {
        foreach (string topic in Client.Topics()) Client.DeleteTopic(topic);
        foreach (string[] topic in (string[][])[["flights"], ["airport-days", "--compacted"]])
        {
            using HostProcess host = HostProcess.Run(["topics", "create", .. topic, "--partitions", $"{partitions}", .. Settings]);
            if (host.ExitCode != 0) throw new InvalidOperationException($"topic {topic[0]} can't be made: {host.Text}");
        }
    }

    /// <summary>How far the runs have come: what the topics of the example hold, committed or not.</summary>
    public long Progress() => Client.AppendedTo("flights") + Client.AppendedTo("airport-days");

    /// <summary>What the example gave.</summary>
    /// <param name="dataFolder">The data directory of its runs.</param>
    public Outcome Read(string dataFolder) => Outcome.Read(dataFolder, Client);

    public void Dispose() => servers?.Dispose();
}
