using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>
/// The program <c>bin/bench</c> of the peers' folder: it loads payments, is the peer, and watches any engine from outside. A process of its own each time,
/// whose answer is the last line it prints, in JSON.
/// </summary>
internal sealed class BenchTool
{
    private const string FolderVariable = "STREAMENGINE_PEERS";
    private const int ErrorLinesKept = 20;

    private readonly string program;
    private readonly string bootstrap;

    private BenchTool(string program, string bootstrap)
    {
        this.program = program;
        this.bootstrap = bootstrap;
    }

    /// <param name="folder">The folder that has bin/bench; where null, the environment's STREAMENGINE_PEERS.</param>
    /// <param name="bootstrap">The cluster it works on.</param>
    /// <exception cref="EngineException">There is no such folder, or no program in it.</exception>
    public static BenchTool Find(string? folder, string bootstrap) => new(Check(folder), bootstrap);

    /// <summary>Where the program is.</summary>
    /// <exception cref="EngineException">There is no such folder, or no program in it.</exception>
    public static string Check(string? folder)
    {
        folder ??= Environment.GetEnvironmentVariable(FolderVariable);
        string remedy = $"Give the folder that has bin/bench with --peers or in {FolderVariable}.";
        if (string.IsNullOrEmpty(folder)) throw new EngineException(ErrorDomain.User, "nothing says where the program is that loads the input and watches the engines", remedy);
        string program = Path.Combine(Path.GetFullPath(folder), "bin", "bench");
        return File.Exists(program) ? program : throw new EngineException(ErrorDomain.User, $"there is no {program}", remedy);
    }

    /// <summary>Writes payments to a topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">How many partitions it gets if it is made.</param>
    /// <param name="records">How many payments.</param>
    /// <param name="perSecond">The pace, with event times of now; 0 for as fast as it goes.</param>
    /// <param name="stop">Ends it before it is done.</param>
    public Task LoadAsync(string topic, int partitions, long records, long perSecond, CancellationToken stop)
    {
        string[] pace = perSecond > 0 ? ["--rate", Text(perSecond)] : [];
        return RunAsync(["load", "--topic", topic, "--partitions", Text(partitions), "--records", Text(records), .. pace], stop);
    }

    /// <summary>The command line that runs Kafka Streams.</summary>
    public IReadOnlyList<string> Streams(KafkaJob job, string stateFolder) =>
    [
        program, "streams", "--bootstrap", job.Bootstrap, "--app", job.App, "--workload", WorkloadNames.Name(job.Workload), "--in", job.Input, "--out", job.Output,
        "--guarantee", job.ExactlyOnce ? "exactly_once_v2" : "at_least_once", "--commit-ms", Text(job.CommitMilliseconds), "--threads", Text(job.Tasks), "--state", stateFolder,
        "--linger-ms", Text(RivalSettings.LingerMs), "--batch-bytes", Text(RivalSettings.BatchBytes),
    ];

    /// <summary>Runs an engine through its whole input, and measures it by the offsets its group commits.</summary>
    /// <param name="group">The group.</param>
    /// <param name="input">The topic it reads.</param>
    /// <param name="command">The engine's command line.</param>
    /// <param name="stop">Ends it before it is done.</param>
    public async Task<Watched> WatchAsync(string group, string input, IReadOnlyList<string> command, CancellationToken stop)
    {
        using JsonDocument answer = await RunAsync(["watch", "--group", group, "--in", input, "--run", string.Join(' ', command.Select(Quoted))], stop);
        JsonElement told = answer.RootElement;
        if (told.GetProperty("steady_per_s").ValueKind == JsonValueKind.Null)
        {
            throw new EngineException(ErrorDomain.User, "the input was read too fast to tell a steady rate", "Give more with --records.");
        }

        return new Watched(told.GetProperty("steady_per_s").GetDouble(), told.GetProperty("steady_cpu_us_per_record").GetDouble(), told.GetProperty("rss_peak_mb").GetDouble());
    }

    /// <summary>Reads a topic as a committed reader, from its end on.</summary>
    /// <returns>The time from each record's event time to its arrival.</returns>
    public async Task<Delays> LatencyAsync(string topic, int seconds, CancellationToken stop)
    {
        using JsonDocument answer = await RunAsync(["latency", "--topic", topic, "--seconds", Text(seconds)], stop);
        JsonElement told = answer.RootElement;
        return new Delays(told.GetProperty("records").GetInt64(), told.GetProperty("p50_ms").GetDouble(), told.GetProperty("p99_ms").GetDouble(), told.GetProperty("max_ms").GetDouble());
    }

    private async Task<JsonDocument> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program, [arguments[0], "--bootstrap", bootstrap, .. arguments.Skip(1)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = LastLinesAsync(process.StandardError);
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            string answer = output.TrimEnd().Split('\n')[^1];
            return process.ExitCode == 0
                ? JsonDocument.Parse(answer)
                : throw new EngineException(ErrorDomain.External, $"{program} {arguments[0]} failed:\n{await errors}", "What it printed says why.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<string> LastLinesAsync(StreamReader reader)
    {
        var last = new Queue<string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            last.Enqueue(line);
            if (last.Count > ErrorLinesKept) last.Dequeue();
        }

        return string.Join('\n', last);
    }

    /// <summary>A word as a shell takes it for one.</summary>
    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What was seen of an engine between a tenth and nine tenths of its input.</summary>
/// <param name="PerSecond">Records a second.</param>
/// <param name="CpuMicroseconds">CPU a record, in microseconds.</param>
/// <param name="PeakMegabytes">The most memory resident, from its start on.</param>
internal sealed record Watched(double PerSecond, double CpuMicroseconds, double PeakMegabytes);

/// <summary>How long records took from their event time to a committed reader, in milliseconds.</summary>
internal sealed record Delays(long Records, double Median, double Percentile99, double Most);
