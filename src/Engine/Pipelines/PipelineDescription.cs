namespace StreamEngine.Pipelines;

/// <summary>All there is to say of a pipeline in a data directory. Its shape is what programs read, so properties are added, not changed.</summary>
internal sealed record PipelineDescription
{
    public required string Name { get; init; }

    public required PipelineCondition State { get; init; }

    /// <summary>Why it failed; null unless it did.</summary>
    public FailureDescription? Failure { get; init; }

    /// <summary>The number of its last start.</summary>
    public required long Generation { get; init; }

    /// <summary>Who wrote its home record last.</summary>
    public required WriterDescription LastWritten { get; init; }

    /// <summary>What it promises, when it was last defined; null when the journal doesn't know.</summary>
    public string? Guarantee { get; init; }

    public required IReadOnlyList<SubgraphDescription> Subgraphs { get; init; }

    public required IReadOnlyList<StateDescription> States { get; init; }

    public required IReadOnlyList<OwnTopicDescription> InternalTopics { get; init; }

    public required DeadLettersDescription DeadLetters { get; init; }

    /// <summary>The consumer group that mirrors its positions for tools; null where there is none.</summary>
    public string? ConsumerGroup { get; init; }

    /// <summary>How many files or objects are committed and not published yet; the next start publishes them.</summary>
    public required int Unpublished { get; init; }

    /// <summary>Its last starts, the youngest last.</summary>
    public required IReadOnlyList<StartDescription> Starts { get; init; }

    /// <summary>The last failures of its tasks, the youngest last.</summary>
    public required IReadOnlyList<TaskFailureDescription> TaskFailures { get; init; }

    /// <summary>The checkpoints that it is in, oldest first.</summary>
    public required IReadOnlyList<string> Checkpoints { get; init; }

    /// <summary>What couldn't be found out, and why.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }
}

/// <summary>A failure, with what to do.</summary>
internal sealed record FailureDescription(string Cause, string Remedy, DateTimeOffset At);

/// <summary>Who wrote a home record.</summary>
internal sealed record WriterDescription(DateTimeOffset At, int Process, string Host);

/// <summary>A part of a pipeline with one commit point.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CommitPoint">Where it commits: the log, or a database.</param>
/// <param name="Sources">What it reads, and how far it is.</param>
/// <param name="Sinks">What it writes.</param>
internal sealed record SubgraphDescription(string Name, string CommitPoint, IReadOnlyList<SourceDescription> Sources, IReadOnlyList<SinkDescription> Sinks);

/// <summary>A source, and how far it is read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Target">What it reads.</param>
/// <param name="Lag">How many offsets of its topic are behind its positions; null where that isn't known.</param>
/// <param name="Partitions">Its partitions that have a position.</param>
internal sealed record SourceDescription(string Name, string Target, long? Lag, IReadOnlyList<SourcePartitionDescription> Partitions);

/// <summary>A partition of a source.</summary>
/// <param name="Partition">Its name.</param>
/// <param name="Position">Where it is read on from.</param>
/// <param name="Epoch">The epoch that said so.</param>
/// <param name="Lag">How many offsets are behind the position; null where that isn't known.</param>
internal sealed record SourcePartitionDescription(string Partition, string Position, long Epoch, long? Lag);

/// <summary>A sink.</summary>
internal sealed record SinkDescription(string Name, string Target);

/// <summary>A keyed state.</summary>
internal sealed record StateDescription(string Name, string Shape, int Partitions);

/// <summary>A topic of the pipeline's own.</summary>
internal sealed record OwnTopicDescription(string Name, int Partitions, long Offsets, long Bytes, bool BytesEstimated);

/// <summary>Dead letters, and where they are.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Count">How many are in it.</param>
/// <param name="Tables">The tables and topics that have those of subgraphs that commit in databases and on other clusters.</param>
internal sealed record DeadLettersDescription(string Topic, long Count, IReadOnlyList<string> Tables);

/// <summary>A start.</summary>
internal sealed record StartDescription(long Generation, int Tasks, DateTimeOffset At);

/// <summary>A failure of a task, after which it was begun anew.</summary>
internal sealed record TaskFailureDescription(string Task, int Attempt, string Cause, DateTimeOffset At);
