using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests.Kafka;

/// <summary>
/// The host with its log on the broker that the tests share, a data directory of its own, and one pipeline of names that nobody else uses: it counts the records of
/// each name of a topic.
/// </summary>
internal sealed class HostOnKafka : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public HostOnKafka(bool createsTopics = false)
    {
        string id = Guid.NewGuid().ToString("N")[..8];
        (Pipeline, Input, Output) = ($"counts-{id}", $"in-{id}", $"out-{id}");
        Bootstrap = KafkaServers.Shared.Bootstrap;
        File.WriteAllText(Config, $$"""
            stream-engine.log {
              kind = kafka
              kafka { client { bootstrap.servers = "{{Bootstrap}}" }, create-topics = {{(createsTopics ? "on" : "off")}} }
            }
            """);
        File.WriteAllText(Definition, $$"""
            stream-engine.pipelines.{{Pipeline}} {
              errors.tolerance = all
              source { connector = topic, name = {{Input}} }
              transforms = [
                { transform = key, fields = [name] }
                { transform = aggregate, stage = counts, fields { n = "count()" } }
              ]
              sink { connector = topic, name = {{Output}}, partitions = 2 }
            }
            """);
    }

    /// <summary>The cluster.</summary>
    public string Bootstrap { get; }

    /// <summary>The pipeline.</summary>
    public string Pipeline { get; }

    /// <summary>The topic that it reads.</summary>
    public string Input { get; }

    /// <summary>The topic that it writes, of two partitions.</summary>
    public string Output { get; }

    /// <summary>The consumer group that shows how far it is, and what its own topics' names begin with.</summary>
    public string Own => $"streamengine.{Pipeline}";

    /// <summary>The file that defines it.</summary>
    public string Definition => folder.Combine("counts.conf");

    /// <summary>Another client of the cluster.</summary>
    public KafkaTestClient Client => new(Bootstrap);

    /// <summary>The tools that come with Kafka.</summary>
    public KafkaTools Tools => new(Bootstrap);

    private string Config => folder.Combine("kafka.conf");

    /// <summary>Makes the topic that it reads, and the one that it writes.</summary>
    public void CreateTopics()
    {
        Client.CreateTopic(Input, 2);
        Client.CreateTopic(Output, 2);
    }

    /// <summary>Writes a record for each name to the topic that it reads, with the name as its key.</summary>
    public void Write(params string[] names) => Client.Produce(Input, names.Select(name => new KafkaTestRecord(name, $$"""{"name":"{{name}}"}""")));

    /// <summary>How often each name was counted last.</summary>
    public IReadOnlyDictionary<string, string> Counts() =>
        Client.ReadCommitted(Output).GroupBy(record => record.Key!).ToDictionary(group => group.Key, group => group.Last().Value!);

    /// <summary>Its own topics that are there.</summary>
    public IReadOnlyList<string> OwnTopics() => [.. Client.Topics().Where(topic => topic.StartsWith(Own, StringComparison.Ordinal)).Select(topic => topic[(Own.Length + 1)..])];

    /// <summary>Runs the pipeline until it has read all there is.</summary>
    /// <returns>What the host printed.</returns>
    public string Run() => Ok("run", Definition);

    /// <summary>Runs a command that has to succeed.</summary>
    /// <returns>What it printed to its output.</returns>
    public string Ok(params string[] arguments) => OkWith("", arguments);

    /// <summary>Runs a command that reads a text and has to succeed.</summary>
    public string OkWith(string input, params string[] arguments)
    {
        using HostProcess host = Start(arguments);
        host.Send(input);
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, host.Text);
        return host.Output;
    }

    /// <summary>Runs a command that has to be refused.</summary>
    /// <returns>The error and its remedy.</returns>
    public string Refused(params string[] arguments) => Failed(2, arguments);

    /// <summary>Runs a command that has to end with an exit code.</summary>
    /// <returns>The error and its remedy.</returns>
    public string Failed(int exitCode, params string[] arguments) => Ends(exitCode, arguments).Errors;

    /// <summary>Runs a command that has to end with an exit code.</summary>
    /// <returns>What it printed to its output, and to its errors.</returns>
    public (string Output, string Errors) Ends(int exitCode, params string[] arguments)
    {
        using HostProcess host = Start(arguments);
        host.Send("");
        host.WaitForExit();
        Assert.True(host.ExitCode == exitCode, $"exit code {host.ExitCode}: {host.Text}");
        return (host.Output, host.Errors);
    }

    /// <summary>Leaves nothing on the cluster: commands of other tests look at all pipelines there.</summary>
    public void Dispose()
    {
        foreach (string topic in Client.Topics().Where(topic => topic == Input || topic == Output || topic.StartsWith($"{Own}.", StringComparison.Ordinal))) Client.DeleteTopic(topic);
        folder.Dispose();
    }

    private HostProcess Start(string[] arguments) => HostProcess.Start([.. arguments, .. (string[])(arguments[0] == "plan" ? [] : ["--data", folder.Combine("data")]), "--config", Config]);
}
