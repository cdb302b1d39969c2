using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>Every example of a pipeline without code is run as it stands, and gives what is expected of it: a new one needs a file in Expected.</summary>
[Collection(HostProcesses.Name)]
public sealed class ExampleTests : IDisposable
{
    private static readonly string Folder = Path.Combine(HostProcess.Repository, "hocon", "examples");

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Examples => [.. Directory.EnumerateFiles(Folder, "*.conf").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    private string Data => folder.Combine("data");

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Examples))]
    public async Task An_example_gives_what_is_expected(string name)
    {
        using Variables variables = new(("MASK_SALT", "pepper"), ("SHOP_DB", name == "secrets" ? PostgresServer.Shared.CreateDatabase() : "Host=nowhere"),
            ("KAFKA_SERVERS", name.Contains("kafka", StringComparison.Ordinal) ? KafkaServers.Shared.Bootstrap : "nowhere:9092"));
        using KafkaTopics? topics = name.Contains("kafka", StringComparison.Ordinal) ? new KafkaTopics() : null;
        int code = await HoconRun.RunAsync(Path.Combine(Folder, $"{name}.conf"), Data);
        string output = ExampleOutput.Of(Data);
        if (name == "secrets")
        {
            output += string.Concat(PostgresServer.Query(variables["SHOP_DB"], "SELECT id, customer, amount FROM orders ORDER BY id").Select(row => $"{row}\n"));
            PostgresServer.Shared.DropDatabase(variables["SHOP_DB"]);
        }

        output += topics?.Written();
        Assert.Equal(0, code);
        string file = Path.Combine(AppContext.BaseDirectory, "Composing", "Expected", $"{name}.txt");
        Assert.True(File.Exists(file), $"{Path.GetFileName(file)} is missing; the example gave\n{output}");
        Assert.Equal((await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n"), output);
    }

    /// <summary>The topics that examples read and write on the broker that the tests share.</summary>
    private sealed class KafkaTopics : IDisposable
    {
        private const string Read = "orders", Filled = "placed-orders";

        private readonly KafkaTestClient client = new(KafkaServers.Shared.Bootstrap);

        public KafkaTopics()
        {
            Dispose();
            client.CreateTopic(Read, partitions: 2);
            client.Produce(Read, Enumerable.Range(1, 4).Select(n => new KafkaTestRecord($"{n % 3}", $$"""{"id":{{n % 3}},"customer":"c{{n}}","amount":{{n}}.5}""", n % 3 % 2)));
        }

        /// <summary>What stands in the topic that is written, without saying in which partition.</summary>
        public string Written() => client.Topics().Contains(Filled)
            ? $"topic {Filled} on Kafka\n{string.Concat(client.ReadCommitted(Filled).Select(record => $"  {record.Key}\t{record.Value}\n").Order(StringComparer.Ordinal))}"
            : "";

        public void Dispose()
        {
            foreach (string topic in client.Topics().Where(topic => topic is Read or Filled || topic.StartsWith("streamengine.shop.", StringComparison.Ordinal))) client.DeleteTopic(topic);
            while (client.Topics().Any(topic => topic is Read or Filled)) Thread.Yield();
        }
    }

    /// <summary>Environment variables for as long as a test runs.</summary>
    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string? Before)[] before;

        public Variables(params (string Name, string Value)[] values)
        {
            before = [.. values.Select(variable => (variable.Name, Environment.GetEnvironmentVariable(variable.Name)))];
            foreach ((string name, string value) in values) Environment.SetEnvironmentVariable(name, value);
        }

        public string this[string name] => Environment.GetEnvironmentVariable(name)!;

        public void Dispose()
        {
            foreach ((string name, string? value) in before) Environment.SetEnvironmentVariable(name, value);
        }
    }
}
