using System.Globalization;
using System.Reflection;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>An engine that is compared.</summary>
internal enum Contender
{
    /// <summary>StreamEngine.</summary>
    Ours,

    /// <summary>Kafka Streams.</summary>
    Streams,

    /// <summary><see cref="TunedRival"/>.</summary>
    Tuned,

    /// <summary><see cref="IdiomaticRival"/>.</summary>
    Idiomatic,
}

/// <summary>What has to be known of each to run it.</summary>
internal static class Contenders
{
    /// <summary>Its name in tables.</summary>
    public static string Title(this Contender contender) => contender switch
    {
        Contender.Ours => "StreamEngine",
        Contender.Streams => "Kafka Streams",
        Contender.Tuned => "Confluent.Kafka, tuned",
        _ => "Confluent.Kafka, as documented",
    };

    /// <summary>The consumer group that has its offsets.</summary>
    public static string Group(this Contender contender, string app) => contender == Contender.Ours ? $"streamengine.{app}" : app;

    /// <summary>Its command line; our own are this very program, as it was built.</summary>
    public static IReadOnlyList<string> Command(this Contender contender, KafkaJob job, BenchTool tool, string stateFolder) => contender switch
    {
        Contender.Ours => [.. This(), WorkloadNames.Name(job.Workload), .. Options(job)],
        Contender.Streams => tool.Streams(job, stateFolder),
        Contender.Tuned => [.. This(), "rival-tuned", "--workload", WorkloadNames.Name(job.Workload), .. Options(job)],
        _ => [.. This(), "rival-idiomatic", "--workload", WorkloadNames.Name(job.Workload), .. Options(job)],
    };

    /// <summary>Reads which are to be compared, in the order in which they run first.</summary>
    public static IReadOnlyList<Contender> Read(NamedOptions options, params string[] rivals)
    {
        IReadOnlyList<string> chosen = options.Several("--rivals", rivals);
        bool ours = options.One("--ours", "yes", "no") == "yes";
        return [.. ours ? [Contender.Ours] : (Contender[])[], .. chosen.Select(name => Enum.Parse<Contender>(name, ignoreCase: true))];
    }

    private static string[] Options(KafkaJob job) =>
    [
        .. job.Data is { } data ? ["--data", data] : (string[])[],
        "--bootstrap", job.Bootstrap, "--app", job.App, "--in", job.Input, "--out", job.Output,
        "--guarantee", job.ExactlyOnce ? GuaranteeNames.ExactlyOnce : GuaranteeNames.AtLeastOnce,
        "--commit-ms", job.CommitMilliseconds.ToString(CultureInfo.InvariantCulture), "--tasks", job.Tasks.ToString(CultureInfo.InvariantCulture),
    ];

    private static string[] This()
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Assembly.GetExecutingAssembly().Location] : [program];
    }
}
