namespace StreamEngine.Benchmarks.Kafka;

/// <summary>What each engine is asked to do on a cluster, in the words of its command line.</summary>
/// <param name="Workload">What becomes of the records.</param>
/// <param name="Bootstrap">The cluster's servers.</param>
/// <param name="App">The pipeline's name, or the consumer group of an engine that has one.</param>
/// <param name="Input">The topic with the payments.</param>
/// <param name="Output">The topic written to; it exists.</param>
/// <param name="ExactlyOnce">Exactly-once, or else at-least-once.</param>
/// <param name="CommitMilliseconds">The time between two commits.</param>
/// <param name="Tasks">How many of its tasks, or threads, share the partitions.</param>
internal sealed record KafkaJob(Workload Workload, string Bootstrap, string App, string Input, string Output, bool ExactlyOnce, int CommitMilliseconds, int Tasks)
{
    /// <summary>The engine's data directory; one for the time of the process where null.</summary>
    public string? Data { get; init; }

    public TimeSpan CommitInterval => TimeSpan.FromMilliseconds(CommitMilliseconds);

    /// <summary>Reads it from a command line.</summary>
    /// <param name="options">The options.</param>
    /// <param name="workload">What the command's own name says; null where an option does.</param>
    public static KafkaJob Read(NamedOptions options, Workload? workload = null)
    {
        var job = new KafkaJob(
            workload ?? WorkloadNames.Parse(options.One("--workload", WorkloadNames.All)),
            options.Need("--bootstrap"),
            options.Need("--app"),
            options.Find("--in") ?? "in",
            options.Find("--out") ?? "out",
            options.One("--guarantee", GuaranteeNames.ExactlyOnce, GuaranteeNames.AtLeastOnce) == GuaranteeNames.ExactlyOnce,
            (int)options.Number("--commit-ms", 100),
            (int)options.Number("--tasks", 2)) { Data = options.Find("--data") };
        options.RefuseOthers();
        return job;
    }
}

/// <summary>What becomes of the records.</summary>
internal enum Workload
{
    /// <summary>They are written as they were read.</summary>
    Copy,

    /// <summary>Each payment is parsed; amounts that are multiples of ten are dropped, the others written with a fee of a hundredth.</summary>
    Map,

    /// <summary>The last value of each key is kept, and its length written; only the engine does it.</summary>
    Keep,
}

/// <summary>The workloads as a command line has them.</summary>
internal static class WorkloadNames
{
    public static string[] All { get; } = [Name(Workload.Copy), Name(Workload.Map)];

    public static string Name(Workload workload) => workload switch { Workload.Copy => "copy", Workload.Map => "map", _ => "keep" };

    public static Workload Parse(string name) => name == Name(Workload.Copy) ? Workload.Copy : Workload.Map;
}

/// <summary>The guarantees as a command line has them.</summary>
internal static class GuaranteeNames
{
    public const string ExactlyOnce = "exactly-once";
    public const string AtLeastOnce = "at-least-once";
}
