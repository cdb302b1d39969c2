using System.Diagnostics;
using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>
/// A pipeline that keeps totals by key, on a cluster: input -> key -> totals -> output, over partitions of four, with a topic of its own between. The
/// input is fed and the outputs are read by others all the time.
/// </summary>
internal sealed class TotalsRun : IDisposable
{
    /// <summary>After how long the cluster gives a transaction up.</summary>
    public static readonly TimeSpan TransactionTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RecoveryMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder folder = new();
    private readonly KafkaServers servers;
    private readonly string bootstrap;
    private readonly string name;
    private readonly TotalsOptions options;
    private readonly SteadyFeed feed;
    private readonly CommittedWatch watch;
    private readonly List<string> forgotten = [];
    private int folders;
    private int told;

    /// <summary>Makes the topics, begins to feed, and brings the pipeline up once.</summary>
    /// <param name="servers">The brokers, by which feed and readers go.</param>
    /// <param name="bootstrap">The way that the hosts go; that of the brokers if not given.</param>
    /// <param name="name">The pipeline's name, with which the names of its topics begin.</param>
    /// <param name="options">What is other than usual.</param>
    public TotalsRun(KafkaServers servers, string? bootstrap = null, string name = "totals", TotalsOptions? options = null)
    {
        this.options = options ?? new TotalsOptions();
        this.servers = servers;
        this.bootstrap = bootstrap ?? servers.Bootstrap;
        this.name = name;
        File.WriteAllText(folder.Combine("totals.conf"), $$"""
            stream-engine.pipelines.{{name}} {
              source { connector = topic, name = {{Input}} }
              transforms = [
                { transform = key, fields = [k] }
                { transform = aggregate, stage = totals, fields { count = "count()", sum = "sum(n)", most = "max(n)", last = "last(n)" } }
              ]
              sink { connector = topic, name = {{Output}} }
            }
            """);
        var client = new KafkaTestClient(servers.Bootstrap);
        client.CreateTopic(Input, 4);
        client.CreateTopic(Output, 4);
        feed = new SteadyFeed(servers.Bootstrap, Input);
        using (HostProcess host = Start(2)) host.WaitFor(() => Runs(host), "the pipeline's start");
        watch = new CommittedWatch(servers.Bootstrap, this.options.PurgesEntries ? null : EntriesTopic, Output);
    }

    /// <summary>After how many failures of one kind, which won't pass by itself, a pipeline is failed.</summary>
    public int SameFailuresMax { get; init; } = 1000;

    /// <summary>The topic that is fed.</summary>
    public string Input => $"{name}-input";

    /// <summary>The topic of the totals.</summary>
    public string Output => $"{name}-output";

    /// <summary>The topic between the two subgraphs.</summary>
    public string EntriesTopic => $"streamengine.{name}.totals-by-key";

    /// <summary>The group that shows tools how far the pipeline has come.</summary>
    public string Group => $"streamengine.{name}";

    /// <summary>The data directory that hosts have unless they are given another.</summary>
    public string Data { get; private set; } = "data";

    /// <summary>A data directory in which nothing is yet.</summary>
    public string NewFolder() => string.Create(CultureInfo.InvariantCulture, $"data{++folders}");

    /// <summary>Hosts have nothing any more of what they kept on this machine.</summary>
    public void LoseData() => Data = NewFolder();

    /// <summary>The topic of the aggregate's changes.</summary>
    public string Changelog => $"streamengine.{name}.totals.changelog";

    /// <summary>The topic of the home record and the positions.</summary>
    public string Positions => $"streamengine.{name}.positions";

    /// <summary>The partitions in which a transaction had to be ended that its broker had forgotten.</summary>
    public IReadOnlyList<string> Forgotten => forgotten;

    /// <summary>Whether a host has brought the pipeline up.</summary>
    public static bool Runs(HostProcess host) => host.Text.Contains("subgraph totals runs", StringComparison.Ordinal);

    /// <summary>What a host said, without what its clients say of each connection.</summary>
    public static string Told(HostProcess host) =>
        string.Join('\n', host.Text.Split('\n').Where(line => !line.Contains("INF Kafka client", StringComparison.Ordinal)).TakeLast(60));

    /// <summary>What a host says of the pipeline's end, with what to do.</summary>
    public static string LastError(HostProcess host)
    {
        string[] lines = host.Text.Split('\n');
        int at = Array.FindLastIndex(lines, line => line.TrimStart().StartsWith("error: ", StringComparison.Ordinal));
        Assert.True(at >= 0, $"the host has told no error:\n{Told(host)}");
        return string.Join('\n', lines.Skip(at).TakeWhile(line => !line.StartsWith("results: ", StringComparison.Ordinal)));
    }

    /// <summary>Starts a host that follows the input.</summary>
    /// <param name="tasks">The most tasks of a subgraph.</param>
    /// <param name="data">Its data directory; that of the run if not given.</param>
    /// <param name="takeOver">Whether it takes the pipeline from another that lives.</param>
    /// <param name="environment">Variables that it gets.</param>
    public HostProcess Start(int tasks, string? data = null, bool takeOver = false, params (string Name, string Value)[] environment) =>
        HostProcess.Start([.. Command(tasks, data), "--follow", .. takeOver ? (string[])["--take-over"] : []], environment);

    /// <summary>Waits until a host has done everything that is in the input by now.</summary>
    /// <returns>How long that took.</returns>
    public TimeSpan AwaitCaughtUp(HostProcess host) => AwaitCounted(host, feed.Acknowledged);

    /// <summary>Waits until a host has done more than was done before.</summary>
    public void AwaitProgress(HostProcess host) => AwaitCounted(host, watch.Counted + 1);

    /// <summary>Ends a host that works, as a user does. One whose tasks only begin can't always end them in time.</summary>
    public void Stop(HostProcess host)
    {
        AwaitProgress(host);
        AwaitCaughtUp(host);
        Interrupt(host);
    }

    /// <summary>Lets a host do everything that is in the input, which ends here, and stop; the topics may be done something to afterwards.</summary>
    public void StandStill()
    {
        feed.End();
        using HostProcess host = Start(2);
        AwaitCaughtUp(host);
        Interrupt(host);
    }

    /// <summary>Ends the input, lets a host without data of its own do the rest, and holds everything against what was put in.</summary>
    public void Finish(int tasks)
    {
        IReadOnlyDictionary<string, long> put = feed.End();
        using (HostProcess host = HostProcess.Start(Command(tasks, NewFolder())))
        {
            host.WaitForExit();
            Assert.True(host.ExitCode == 0, $"the last run failed:\n{Told(host)}");
        }

        Assert.True(SpinWait.SpinUntil(() => watch.Counted >= put.Values.Sum(), RecoveryMax), $"a reader has come to {watch.Counted} of {put.Values.Sum()} values");
        watch.AssertHealthy();
        watch.Dispose();
        var tools = new KafkaTools(servers.Bootstrap);
        IReadOnlyList<Total> totals = [.. Values(tools.ConsumeCommitted(Output, watch.Totals.Count)).Select(Total.Parse)];
        Assert.Empty(TotalsChecker.CompareTotals(put, totals));
        Assert.Empty(TotalsChecker.CompareReaders(Output, watch.Totals, totals, total => total.Key));
        if (!options.PurgesEntries)
        {
            IReadOnlyList<Entry> entries = [.. Values(tools.ConsumeCommitted(EntriesTopic, watch.Entries.Count)).Select(Entry.Parse)];
            Assert.Empty(TotalsChecker.CompareEntries(put, entries));
            Assert.Empty(TotalsChecker.CompareReaders(EntriesTopic, watch.Entries, entries, entry => entry.Key));
        }

        AssertNoTransactionHangs(tools);
    }

    public void Dispose()
    {
        feed.Dispose();
        watch.Dispose();
        folder.Dispose();
    }

    private static void Interrupt(HostProcess host)
    {
        host.Interrupt();
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, $"the host didn't stop well:\n{Told(host)}");
    }

    private IEnumerable<int> Nodes => Enumerable.Range(1, servers.Count);

    private static IEnumerable<string> Values(IReadOnlyList<string> lines) => lines.Select(line => line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]);

    private void AssertNoTransactionHangs(KafkaTools tools)
    {
        string list = tools.Transactions("list");
        Assert.Contains($"streamengine.{name}.0", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Ongoing", list, StringComparison.Ordinal);
        foreach (int node in Nodes) Assert.Empty(tools.ForgottenTransactions(node));
    }

    private TimeSpan AwaitCounted(HostProcess host, long count)
    {
        long from = Stopwatch.GetTimestamp();
        while (!SpinWait.SpinUntil(() => watch.Counted >= count || host.HasExited, LookInterval) && Stopwatch.GetElapsedTime(from) < RecoveryMax)
        {
            if (TellsOfOpenTransaction(host)) forgotten.AddRange(new KafkaTools(servers.Bootstrap).EndForgottenTransactions(Nodes, Positions));
        }

        watch.AssertHealthy();
        Assert.True(watch.Counted >= count, $"{watch.Counted} of {count} values are done, and the host {(host.HasExited ? "has ended" : "goes on")}:\n{Told(host)}");
        return Stopwatch.GetElapsedTime(from);
    }

    /// <summary>Whether a host has said once more that a transaction which doesn't end keeps it from going on.</summary>
    private bool TellsOfOpenTransaction(HostProcess host)
    {
        int times = host.Text.Split('\n').Count(line => line.Contains("a transaction is open there", StringComparison.Ordinal));
        bool more = times > told;
        told = times;
        return more;
    }

    private List<string> Command(int tasks, string? data)
    {
        string config = folder.Combine("settings.conf");
        File.WriteAllText(config, options.IsAsShipped ? AsShipped() : Settings());
        return
        [
            "run", folder.Combine("totals.conf"), "--data", folder.Combine(data ?? Data), "--config", config,
            "--set", string.Create(CultureInfo.InvariantCulture, $"stream-engine.pipeline.tasks.max={tasks}"),
        ];
    }

    private string Client => string.Concat(options.Client.Select(setting => $"{setting.Key} = \"{setting.Value}\"\n")) + $"bootstrap.servers = \"{bootstrap}\"";

    private string AsShipped() => $$"""
        stream-engine.log {
          kind = kafka
          kafka.client {
            {{Client}}
          }
        }
        """;

    private string Settings() => string.Create(CultureInfo.InvariantCulture, $$"""
        {{AsShipped()}}
        stream-engine.log.kafka {
          client { reconnect.backoff.ms = 50, reconnect.backoff.max.ms = 500 }
          transaction.timeout = {{TransactionTimeout.TotalSeconds}}s
          heartbeat { interval = 1s, timeout = 4s }
        }
        stream-engine.pipeline {
          commit { interval = 100ms, timeout = 9s }
          drain.timeout = 8s
          stop.timeout = 5s
          restarts { max = 1000, same-max = {{SameFailuresMax}}, delay-max = 1s }
          internal-topics { {{(options.PurgesEntries ? "retention { time = 0s, bytes = 0B }, purge.interval = 50ms" : "retention { time = 1h, bytes = 200MB }")}} }
        }
        """);
}
