using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>
/// The engine and its rivals over the same input, in turn and in the opposite turn (ABBA), each a process of its own that is watched from outside.
/// Every run has a group and an output topic of its own, and the output is deleted after it.
/// </summary>
internal sealed class KafkaComparison(KafkaPlace place, KafkaComparison.Plan plan)
{
    private const string Input = "streamengine-benchmark-in";
    private const string Output = "streamengine-benchmark-out";
    private const int Partitions = 4;

    private readonly ContenderTable<Watched> table = new(
    [
        new("records/s, steady", watched => watched.PerSecond),
        new("CPU us/record, steady", watched => watched.CpuMicroseconds),
        new("MB resident at most", watched => watched.PeakMegabytes),
    ]);

    /// <summary>What is compared.</summary>
    internal sealed record Plan(
        long Records, int Repeats, IReadOnlyList<Workload> Workloads, IReadOnlyList<string> Guarantees, IReadOnlyList<Contender> Contenders, int CommitMilliseconds, int Tasks);

    /// <returns>The exit code: 1 when a run failed, and its row says so.</returns>
    public static async Task<int> RunAsync(NamedOptions options, string command)
    {
        var plan = new Plan(
            options.Number("--records", 15_000_000),
            (int)options.Number("--repeats", 3),
            [.. options.Several("--workloads", WorkloadNames.All).Select(WorkloadNames.Parse)],
            options.Several("--guarantees", GuaranteeNames.ExactlyOnce, GuaranteeNames.AtLeastOnce),
            Contenders.Read(options, "streams", "tuned", "idiomatic"),
            (int)options.Number("--commit-ms", 100),
            (int)options.Number("--tasks", 2));
        using KafkaPlace place = KafkaPlace.Open(options, plan.Records);
        var comparison = new KafkaComparison(place, plan);
        return await comparison.table.FillAsync(
            command, comparison.RunAsync,
            $"{plan.Records:N0} payments of 100 bytes in {Partitions} partitions, {plan.Tasks} tasks, commits every {plan.CommitMilliseconds} ms, one broker beside them on the same machine unless given;\n"
            + "steady is between a tenth and nine tenths of the input, medians with the least and the most of all runs.");
    }

    private async Task RunAsync(CancellationToken stop)
    {
        if (await KafkaTopics.RecordsAsync(place.Bootstrap, Input) != plan.Records)
        {
            await KafkaTopics.RecreateAsync(place.Bootstrap, Input, Partitions);
            await place.Tool.LoadAsync(Input, Partitions, plan.Records, perSecond: 0, stop);
        }

        foreach (Workload workload in plan.Workloads)
        {
            foreach (string guarantee in plan.Guarantees)
            {
                for (int repeat = 0; repeat < plan.Repeats; repeat++)
                {
                    foreach (Contender contender in repeat % 2 == 0 ? plan.Contenders : plan.Contenders.Reverse()) await RunAsync(contender, workload, guarantee, stop);
                }
            }
        }
    }

    private async Task RunAsync(Contender contender, Workload workload, string guarantee, CancellationToken stop)
    {
        using var state = new BenchmarkFolder();
        await KafkaTopics.RecreateAsync(place.Bootstrap, Output, Partitions);
        var job = new KafkaJob(
            workload, place.Bootstrap, $"benchmark-{Guid.NewGuid():N}", Input, Output, guarantee == GuaranteeNames.ExactlyOnce, plan.CommitMilliseconds, plan.Tasks);
        string subject = $"{WorkloadNames.Name(workload)}, {guarantee}";
        try
        {
            Watched watched = await place.Tool.WatchAsync(contender.Group(job.App), Input, contender.Command(job, place.Tool, state.Path), stop);
            await CheckAsync(job);
            table.Add(subject, contender, watched);
        }
        catch (EngineException e)
        {
            table.AddFailure(subject, contender, e.Message);
        }

        await KafkaTopics.DeleteAsync(place.Bootstrap, Output);
    }

    /// <summary>An engine that commits its input without having written what it should would be fast.</summary>
    private async Task CheckAsync(KafkaJob job)
    {
        long written = await KafkaTopics.RecordsAsync(place.Bootstrap, Output);
        long least = job.Workload == Workload.Copy ? plan.Records : plan.Records * 8 / 10;
        if (written < least) throw new EngineException(ErrorDomain.Internal, $"it wrote {written} of at least {least} records", "Its output is incomplete, so its time means nothing.");
    }
}
