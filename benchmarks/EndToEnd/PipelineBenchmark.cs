using Akka.Actor;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Settings;

namespace StreamEngine.Benchmarks;

/// <summary>Whole pipelines over the embedded log, from a topic that is there to a topic.</summary>
internal static class PipelineBenchmark
{
    private static readonly Topic<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Input = Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>("in", 4);

    /// <summary>Where and Select over records that stay bytes.</summary>
    public static async Task CopyAsync(ResultTable results, int repeats, long records)
    {
        var rates = new List<double>();
        var perCore = new List<double>();
        var allocated = new List<double>();
        var append = new List<double>();
        var appendPerCore = new List<double>();
        for (int i = -1; i < repeats; i++)
        {
            (double appended, double appendedPerCore) = await AppendBenchmark.LogAsync(records);
            Run run = await RunAsync(Copy(), records);
            if (i < 0) continue;
            append.Add(appended);
            appendPerCore.Add(appendedPerCore);
            rates.Add(records / run.Seconds);
            perCore.Add(records / run.CpuSeconds);
            allocated.Add((double)run.AllocatedBytes / records);
        }

        double appendRate = results.Add("copy: append rate in the same run", "records/s", append);
        double appendCoreRate = results.Add("copy: append rate per core in the same run", "records/s of CPU", appendPerCore);
        double wallRate = results.Add("copy: topic -> Where -> Select -> topic", "records/s", rates, "100 ms commits, exactly-once, 2 tasks");
        double rate = results.Add("copy: per core", "records/s of CPU", perCore);
        results.Add("copy / append", "ratio", [wallRate / appendRate], "of the medians");
        results.Add("copy / append, both per core", "ratio", [rate / appendCoreRate], "of the medians; aim: at least 0.50");
        results.Add("copy: allocated", "bytes/record", allocated, "aim: at most 32");
    }

    /// <summary>Count by a key drawn from the value, behind an internal topic, each changed count to a topic.</summary>
    public static async Task CountAsync(ResultTable results, int repeats, long records)
    {
        foreach ((string interval, int least) in ((string, int)[])[("1s", 500_000), ("100ms", 250_000)])
        {
            var rates = new List<double>();
            var perCore = new List<double>();
            for (int i = -1; i < repeats; i++)
            {
                Run run = await RunAsync(Count(interval), records);
                if (i < 0) continue;
                rates.Add(records / run.Seconds);
                perCore.Add(records / run.CpuSeconds);
            }

            results.Add($"count at {interval} commits", "records/s", rates, "re-keyed through an internal topic, 100,000 keys");
            results.Add($"count at {interval} commits: per core", "records/s of CPU", perCore, $"aim: at least {least:N0}");
        }
    }

    /// <summary>The most memory that many records through re-keying and state take; to be run in a process of its own.</summary>
    public static async Task MemoryAsync(ResultTable results, long records)
    {
        Run run = await RunAsync(Count("1s"), records);
        results.Add($"memory: {records:N0} records through re-keying and state", "MB resident at most", [Usage.PeakResidentBytes / 1048576.0], "aim: at most 400; filling the topic included");
        GCMemoryInfo heap = GC.GetGCMemoryInfo();
        results.Add("memory: of that, the managed heap at its last collection", "MB committed", [heap.TotalCommittedBytes / 1048576.0]);
        results.Add("memory: the same run", "records/s", [records / run.Seconds]);
    }

    private static PipelineBuilder Copy()
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(Input).Where(value => value.Length > 5).Select(value => value).To(Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>("out", 4));
        return pipeline;
    }

    private static PipelineBuilder Count(string interval)
    {
        PipelineBuilder pipeline = new PipelineBuilder("count").Set("commit.interval", interval);
        pipeline.From(Input).KeyBy(value => value.Slice(1, value.Span[0])).Count(name: "count").To(Topic.Of<ReadOnlyMemory<byte>, long>("out", 4));
        return pipeline;
    }

    private static async Task<Run> RunAsync(PipelineBuilder pipeline, long records)
    {
        using var folder = new BenchmarkFolder();
        using DataDirectory data = DataDirectory.Open(folder.Path);
        using EmbeddedLog log = EmbeddedLog.Open(data.LogPath);
        await TopicFeed.FillAsync(log, log.Create(new TopicSpec("in", 4)), records);
        EngineSettings settings = EngineSettings.Load();
        ActorSystem system = EngineRuntime.CreateSystem(settings.Journal, data.JournalPath, Serilog.Core.Logger.None);
        var options = new EngineRuntime.Options { Settings = settings, Log = log, DataFolder = data.Path, JournalPath = data.JournalPath };
        await using EngineRuntime runtime = EngineRuntime.Create(options, system, [pipeline.Build(folder.Path)]);
        var usage = new Usage();
        await runtime.RunAsync(follows: false);
        var run = new Run(usage.Seconds, usage.CpuSeconds, usage.AllocatedBytes);
        PipelineStatus status = runtime.Statuses[0];
        if (status.State != PipelineState.Completed || status.Totals.RecordsIn != records) throw new InvalidOperationException($"the run failed: {status.State} {status.Totals} {status.Failure}");
        return run;
    }

    private sealed record Run(double Seconds, double CpuSeconds, long AllocatedBytes);
}
