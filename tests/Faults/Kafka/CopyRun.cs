using System.Globalization;
using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>A pipeline that copies a topic of numbered records, of any size, to another one, on the broker that the tests share.</summary>
internal sealed class CopyRun : IDisposable
{
    /// <summary>The largest batch that its hosts make, in bytes; a larger record goes by itself.</summary>
    public const int BatchBytes = 10_000;

    private const int Partitions = 2;
    private const int SmallBytes = 100;
    private static readonly Dictionary<string, string> Large = new() { ["message.max.bytes"] = "8000000" };
    private readonly TemporaryFolder folder = new();
    private readonly KafkaTestClient client = new(KafkaServers.Shared.Bootstrap, Large);
    private readonly string name;
    private readonly string data;

    /// <param name="name">The pipeline's name, with which the names of its topics begin.</param>
    /// <param name="tolerance">What becomes of records that fail: errors.tolerance.</param>
    /// <param name="clientBytesMax">The largest record that its hosts' clients take.</param>
    /// <param name="transforms">What it does besides.</param>
    /// <param name="data">The data directory of its hosts; null for one of its own.</param>
    public CopyRun(string name, string tolerance, int clientBytesMax = 1_000_000, string transforms = "", string? data = null)
    {
        this.name = name;
        this.data = data ?? folder.Combine("data");
        client.CreateTopic(Input, Partitions, new Dictionary<string, string> { ["max.message.bytes"] = "8000000" });
        client.CreateTopic(Output, Partitions);
        File.WriteAllText(folder.Combine("copy.conf"), $$"""
            stream-engine.pipelines.{{name}} {
              source { connector = topic, name = {{Input}} }
              transforms = [ {{transforms}} ]
              sink { connector = topic, name = {{Output}} }
            }
            """);
        File.WriteAllText(folder.Combine("settings.conf"), $$"""
            stream-engine.log {
              kind = kafka
              kafka.client { bootstrap.servers = "{{KafkaServers.Shared.Bootstrap}}", batch.size = {{BatchBytes}}, message.max.bytes = {{clientBytesMax}} }
            }
            stream-engine.pipeline {
              errors.tolerance = {{tolerance}}
              restarts.delay = 50ms
            }
            """);
    }

    /// <summary>The topic that is read.</summary>
    public string Input => $"{name}-input";

    /// <summary>The topic that is written.</summary>
    public string Output => $"{name}-output";

    /// <summary>The topic of the records that couldn't be copied.</summary>
    public string DeadLetters => $"streamengine.{name}.dead-letters";

    /// <summary>Starts a host.</summary>
    /// <param name="follows">Whether it waits for more at the end of the input.</param>
    public HostProcess Start(bool follows = true) => HostProcess.Start(
        ["run", folder.Combine("copy.conf"), "--data", data, "--config", folder.Combine("settings.conf"), .. follows ? (string[])["--follow"] : []]);

    /// <summary>Puts records into the input.</summary>
    /// <param name="from">The number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="firstBytes">How large the first one is, about.</param>
    /// <param name="bytes">How large the others are.</param>
    public void Put(int from, int count, int firstBytes = SmallBytes, int bytes = SmallBytes) => client.Produce(
        Input, Enumerable.Range(from, count).Select(n => new KafkaTestRecord($"k{n}", Value(n, n == from ? firstBytes : bytes), n % Partitions)));

    /// <summary>Changes how many bytes a batch in the output may have.</summary>
    public void LimitOutput(int bytes) => Limit(Output, bytes);

    /// <summary>Sets how many bytes a topic takes at once.</summary>
    public void Limit(string topic, int bytes) => client.AlterTopic(topic, new Dictionary<string, string> { ["max.message.bytes"] = bytes.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Waits until so many records are in the output.</summary>
    public void AwaitOutput(HostProcess host, int count) => host.WaitFor(() => client.ReadCommitted(Output).Count >= count, $"{count} records in {Output}");

    /// <summary>The dead letters.</summary>
    public IReadOnlyList<KafkaTestRecord> ReadDeadLetters() => client.ReadCommitted(DeadLetters);

    /// <summary>What a committed reader sees in the output.</summary>
    public IReadOnlyList<KafkaTestRecord> ReadOutput() => client.ReadCommitted(Output);

    /// <summary>Holds the numbers of all records in the output against those that are to be there, each once.</summary>
    public void AssertOutput(IEnumerable<int> expected) => Assert.Equal(expected, ReadOutput().Select(NumberOf).Order());

    /// <summary>Ends a host that goes on.</summary>
    public static void Stop(HostProcess host)
    {
        host.Interrupt();
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, $"the host didn't stop well:\n{host.Text}");
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Its filling can't be compressed by more than half.</summary>
    private static string Value(int number, int bytes)
    {
        var filling = new byte[bytes / 2];
        new Random(number).NextBytes(filling);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{number}},"pad":"{{Convert.ToHexString(filling)}}"}""");
    }

    private static int NumberOf(KafkaTestRecord record)
    {
        using JsonDocument document = JsonDocument.Parse(record.Value!);
        return document.RootElement.GetProperty("n").GetInt32();
    }
}
