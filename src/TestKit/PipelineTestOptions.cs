using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>How a <see cref="PipelineTestKit"/> runs its pipelines.</summary>
public sealed record PipelineTestOptions
{
    /// <summary>The name of a pipeline that is defined without one.</summary>
    public string Name { get; init; } = "test";

    /// <summary>The most tasks of a subgraph; what the settings say when null.</summary>
    public int? Tasks { get; init; }

    /// <summary>
    /// Settings in HOCON, with the keys of hocon/reference.conf. The kit itself sets <c>commit.interval = 1h</c>, so that nothing is committed by the time
    /// of the day, and short waits before restarts.
    /// </summary>
    public string Settings { get; init; } = "";

    /// <summary>How types become bytes; the usual serdes when null.</summary>
    public SerdeRegistry? Serdes { get; init; }

    /// <summary>The folder that relative paths of sources count from.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>The folder that sinks write to; one of the kit's own below the temporary folder when null. The kit itself writes nothing.</summary>
    public string? DataFolder { get; init; }

    /// <summary>When the virtual clock begins; the first of January 2026 when null.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>How long a run may take in real time before the kit gives up and says what it waits for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
