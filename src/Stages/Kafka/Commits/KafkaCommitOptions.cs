using Serilog;
using StreamEngine.Contracts;

namespace StreamEngine.Kafka.Commits;

/// <summary>How pipelines commit on a cluster.</summary>
internal sealed record KafkaCommitOptions
{
    /// <summary>How long the brokers let a transaction stay open; and how long a commit is tried.</summary>
    public required TimeSpan TransactionTimeout { get; init; }

    /// <summary>Copies of states on this machine; null where no pipeline is run.</summary>
    public ILocalStateStore? LocalState { get; init; }

    /// <summary>After how long without a commit a task asks up to where its copies of states go.</summary>
    public required TimeSpan IdleBoundsInterval { get; init; }

    public required ILogger Logger { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Is told of named points between two steps, at which tests let the process die.</summary>
    public Action<string> AtPoint { get; init; } = _ => { };
}
