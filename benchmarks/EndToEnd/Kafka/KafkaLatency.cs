using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>
/// How long a record takes from its event time to a committed reader of the output, at a set pace: the engine and its rivals in turn and in the opposite
/// turn, each with topics of its own, measured once it has warmed up.
/// </summary>
internal sealed class KafkaLatency(KafkaPlace place, KafkaLatency.Plan plan)
{
    private const string Input = "streamengine-benchmark-paced-in";
    private const string Output = "streamengine-benchmark-paced-out";
    private const int Partitions = 4;
    private const int WarmUpSeconds = 10;
    private const int SpareSeconds = 15;

    private readonly ContenderTable<Delays> table = new(
    [
        new("p50 ms", delays => delays.Median),
        new("p99 ms", delays => delays.Percentile99),
        new("most ms", delays => delays.Most),
        new("records read", delays => delays.Records),
    ]);

    /// <summary>What is compared.</summary>
    internal sealed record Plan(long PerSecond, int Seconds, int Repeats, IReadOnlyList<string> Guarantees, IReadOnlyList<Contender> Contenders, int CommitMilliseconds, int Tasks);

    /// <returns>The exit code: 1 when a run failed.</returns>
    public static async Task<int> RunAsync(NamedOptions options, string command)
    {
        var plan = new Plan(
            options.Number("--rate", 50_000),
            (int)options.Number("--seconds", 30),
            (int)options.Number("--repeats", 3),
            options.Several("--guarantees", GuaranteeNames.ExactlyOnce, GuaranteeNames.AtLeastOnce),
            Contenders.Read(options, "streams", "tuned", "idiomatic"),
            (int)options.Number("--commit-ms", 100),
            (int)options.Number("--tasks", 2));
        using KafkaPlace place = KafkaPlace.Open(options, plan.PerSecond * (plan.Seconds + WarmUpSeconds + SpareSeconds));
        var latency = new KafkaLatency(place, plan);
        return await latency.table.FillAsync(
            command, latency.RunAsync,
            $"From the record's event time to a committed reader, for {plan.Seconds} s after {WarmUpSeconds} s of warming up; {plan.Tasks} tasks, commits every {plan.CommitMilliseconds} ms.");
    }

    private async Task RunAsync(CancellationToken stop)
    {
        foreach (string guarantee in plan.Guarantees)
        {
            for (int repeat = 0; repeat < plan.Repeats; repeat++)
            {
                foreach (Contender contender in repeat % 2 == 0 ? plan.Contenders : plan.Contenders.Reverse()) await RunAsync(contender, guarantee, stop);
            }
        }
    }

    private async Task RunAsync(Contender contender, string guarantee, CancellationToken stop)
    {
        using var state = new BenchmarkFolder();
        await KafkaTopics.RecreateAsync(place.Bootstrap, Input, Partitions);
        await KafkaTopics.RecreateAsync(place.Bootstrap, Output, Partitions);
        var job = new KafkaJob(
            Workload.Copy, place.Bootstrap, $"benchmark-{Guid.NewGuid():N}", Input, Output, guarantee == GuaranteeNames.ExactlyOnce, plan.CommitMilliseconds, plan.Tasks);
        string subject = $"copy, {guarantee}, {plan.PerSecond:N0} records/s";
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var engine = EngineProcess.Start(contender.Command(job, place.Tool, state.Path));
        Task loading = place.Tool.LoadAsync(Input, Partitions, plan.PerSecond * (WarmUpSeconds + plan.Seconds + SpareSeconds), plan.PerSecond, over.Token);
        try
        {
            await engine.UntilAsync(async () => await KafkaTopics.RecordsAsync(place.Bootstrap, Output) > plan.PerSecond * WarmUpSeconds, stop);
            Delays delays = await place.Tool.LatencyAsync(Output, plan.Seconds, stop);
            if (loading.IsCompleted) throw new EngineException(ErrorDomain.External, "the input ended before the measurement did", "The engine is too slow for this pace, or took too long to start: give a lower --rate.");
            table.Add(subject, contender, delays);
        }
        catch (EngineException e)
        {
            table.AddFailure(subject, contender, e.Message);
        }

        await over.CancelAsync();
        await loading.ContinueWith(_ => { }, TaskScheduler.Default);
        engine.Dispose();
        await KafkaTopics.DeleteAsync(place.Bootstrap, Input);
        await KafkaTopics.DeleteAsync(place.Bootstrap, Output);
    }
}
