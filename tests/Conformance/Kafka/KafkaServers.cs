using System.Buffers.Text;
using System.Security.Cryptography;
using Confluent.Kafka;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// A real Kafka cluster for tests: the one that STREAMENGINE_KAFKA names by its bootstrap servers, or brokers of its own from the distribution
/// in KAFKA_HOME, on free ports of 127.0.0.1 and in a temporary folder. A broker starts in about three seconds and takes 400 MB, so what does
/// no harm to others uses <see cref="Shared"/> with topics of its own names.
/// </summary>
public sealed class KafkaServers : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly string Given = Environment.GetEnvironmentVariable("STREAMENGINE_KAFKA") ?? "";
    private static readonly Lazy<KafkaServers> SharedServers = new(() => Given.Length > 0 ? new KafkaServers(Given, [], "", null) : Launch(1, _ => new Dictionary<string, string>(), _ => [], []));
    private readonly KafkaNode[] nodes;
    private readonly BrokerGuard? brokerGuard;

    private KafkaServers(string bootstrap, KafkaNode[] nodes, string folder, BrokerGuard? brokerGuard)
    {
        Bootstrap = bootstrap;
        Folder = folder;
        this.nodes = nodes;
        this.brokerGuard = brokerGuard;
    }

    /// <summary>
    /// One broker for all tests of this process that leave it as it is, gone with the process; skips the test with the reason when there can be
    /// none. Nobody disposes of it.
    /// </summary>
    public static KafkaServers Shared
    {
        get
        {
            Skip.If(Given.Length == 0 && KafkaHome.Missing.Length > 0, $"there is no Kafka for this test: {KafkaHome.Missing}");
            return SharedServers.Value;
        }
    }

    /// <summary>The addresses of the brokers, for clients: plain and without authentication.</summary>
    public string Bootstrap { get; }

    /// <summary>How many brokers there are of its own, running or not; none of a cluster that is given.</summary>
    public int Count => nodes.Length;

    /// <summary>Where a cluster of its own keeps its files; gone with it.</summary>
    internal string Folder { get; }

    /// <summary>
    /// Starts brokers that a test may kill; skips it with the reason when that can't be, as with a cluster that is given. Dispose of them.
    /// </summary>
    /// <param name="nodes">How many: 1, or 3 with each partition on all of them and two that must have it.</param>
    /// <param name="serverProperties">Lines of server.properties that are added, or put in place of the fixture's.</param>
    public static KafkaServers Start(int nodes = 1, IDictionary<string, string>? serverProperties = null) =>
        StartWith(nodes, _ => serverProperties, _ => [], []);

    /// <summary>Starts brokers with more listeners than the plain one.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="serverProperties">As of <see cref="Start"/>, by the folder of the servers, which may hold files that they name.</param>
    /// <param name="listeners">The further listeners of a node by its number.</param>
    /// <param name="users">Users that are there from the beginning, each as kafka-storage's --add-scram takes it.</param>
    internal static KafkaServers StartWith(
        int nodes, Func<string, IDictionary<string, string>?> serverProperties, Func<int, IReadOnlyList<KafkaListener>> listeners, IReadOnlyList<string> users)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        SkipUnlessOwn();
        return Launch(nodes, serverProperties, listeners, users);
    }

    /// <summary>Skips the test with the reason when no broker can be started here for it alone.</summary>
    internal static void SkipUnlessOwn()
    {
        Skip.If(Given.Length > 0, "this test needs brokers of its own, and STREAMENGINE_KAFKA names others' that it must not stop or change");
        Skip.If(KafkaHome.Missing.Length > 0, $"there is no Kafka for this test: {KafkaHome.Missing}");
    }

    /// <summary>Kills a broker (SIGKILL).</summary>
    /// <param name="node">Its number, from 1, as of all that take one.</param>
    public void Kill(int node) => Node(node).Kill();

    /// <summary>Asks a broker to end (SIGTERM), which hands its partitions over first, and waits until it has.</summary>
    public void Stop(int node) => Node(node).Stop();

    /// <summary>Starts a broker that has ended, on its old port and data, and waits until it answers.</summary>
    public void Restart(int node)
    {
        Node(node).Launch();
        Node(node).AwaitListening();
        AwaitMembers();
    }

    /// <summary>Holds a broker (SIGSTOP): its connections stay open, nothing is answered.</summary>
    public void Pause(int node) => Node(node).Pause();

    /// <summary>Lets a broker that is held go on (SIGCONT).</summary>
    public void Resume(int node) => Node(node).Resume();

    /// <summary>Whether a broker's process is there, held or not.</summary>
    public bool IsRunning(int node) => Node(node).IsRunning;

    /// <summary>The process of a broker that runs.</summary>
    public int ProcessId(int node) => Node(node).ProcessId;

    /// <summary>The address of one broker.</summary>
    public string Address(int node) => $"127.0.0.1:{Node(node).Port}";

    /// <summary>Lets go of the brokers as the end of this process does, and waits until nothing is left of them.</summary>
    internal void Abandon() => brokerGuard?.LetGo();

    /// <summary>Ends the brokers and removes their folder; a cluster that is given stays.</summary>
    public void Dispose()
    {
        foreach (KafkaNode node in nodes) node.Dispose();
        brokerGuard?.Dispose();
    }

    private static KafkaServers Launch(
        int count, Func<string, IDictionary<string, string>?> serverProperties, Func<int, IReadOnlyList<KafkaListener>> listeners, IReadOnlyList<string> users)
    {
        string folder = Directory.CreateTempSubdirectory("streamengine-kafka-").FullName;
        IDictionary<string, string> given = serverProperties(folder) ?? new Dictionary<string, string>();
        int[] ports = [.. Enumerable.Range(0, count).Select(_ => FreePorts.Take())], controllers = [.. Enumerable.Range(0, count).Select(_ => FreePorts.Take())];
        var guard = new BrokerGuard(folder);
        KafkaNode[] nodes = [.. ports.Select((port, n) => new KafkaNode(
            guard, folder, n + 1, port, KafkaProperties.Of(n + 1, controllers, [new KafkaListener(KafkaProperties.Plain, port, port), .. listeners(n + 1)], given)))];
        var servers = new KafkaServers(string.Join(',', ports.Select(port => $"127.0.0.1:{port}")), nodes, folder, guard);
        try
        {
            string id = NewClusterId();
            Task[] launches = [.. nodes.Select(node => Task.Run(() =>
            {
                node.Format(id, users);
                node.Launch();
            }))];
            Task.WhenAll(launches).GetAwaiter().GetResult();
            foreach (KafkaNode node in nodes) node.AwaitListening();
            servers.AwaitMembers();
            return servers;
        }
        catch
        {
            servers.Dispose();
            throw;
        }
    }

    /// <summary>As <c>kafka-storage.sh random-uuid</c> makes them: 16 bytes in base64 for addresses, the first of which is no dash.</summary>
    private static string NewClusterId()
    {
        while (true)
        {
            string id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
            if (id[0] != '-') return id;
        }
    }

    /// <summary>Waits until the cluster answers and names every broker that runs as a member.</summary>
    private void AwaitMembers()
    {
        int[] running = [.. Enumerable.Range(1, nodes.Length).Where(IsRunning)];
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100 })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        DateTime end = DateTime.UtcNow + Deadline;
        int[] members = [];
        while (DateTime.UtcNow < end)
        {
            try
            {
                members = [.. admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Select(broker => broker.BrokerId)];
                if (running.All(members.Contains)) return;
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                members = [];
            }
        }

        throw new InvalidOperationException(
            $"brokers {string.Join(", ", running.Except(members))} did not join within {Deadline.TotalSeconds:0} s: {Node(running.Except(members).FirstOrDefault(1)).LogEnd()}");
    }

    private KafkaNode Node(int number) => number >= 1 && number <= nodes.Length
        ? nodes[number - 1]
        : throw new ArgumentOutOfRangeException(nameof(number), number, nodes.Length == 0 ? "the cluster is given: its brokers are left alone" : $"the brokers are 1 to {nodes.Length}");
}
