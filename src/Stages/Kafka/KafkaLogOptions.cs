using Serilog;
using StreamEngine.Contracts;

namespace StreamEngine.Kafka;

/// <summary>How a log on a Kafka cluster is opened.</summary>
public sealed record KafkaLogOptions
{
    /// <summary>Settings of clients, by librdkafka's names, checked against the engine's allow-list; <c>bootstrap.servers</c> among them.</summary>
    public required IReadOnlyDictionary<string, string> Client { get; init; }

    /// <summary>Where copies of keyed states are kept on this machine; null where no pipeline is run. The log's from now on.</summary>
    public ILocalStateStore? LocalState { get; init; }

    /// <summary>How long the brokers let a transaction stay open; and how long a commit is tried.</summary>
    public TimeSpan TransactionTimeout { get; init; } = KafkaAddress.DefaultTransactionTimeout;

    /// <summary>How often a running pipeline shows that its host lives.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long after its last heartbeat a host counts as gone.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The replication factor of topics that are made; -1 for the brokers' own.</summary>
    public int ReplicationFactor { get; init; } = -1;

    /// <summary>The memory for what readers have fetched and nobody has taken, unless <see cref="ShareFetchMemory"/> says otherwise.</summary>
    public const long FetchMemoryBytes = 64 << 20;

    /// <summary>Whether topics of users that a pipeline writes are made when they aren't there.</summary>
    public bool CreateTopics { get; init; }

    /// <summary>Takes what clients and brokers say.</summary>
    public ILogger Logger { get; init; } = Serilog.Core.Logger.None;

    /// <summary>The engine's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Is told of named points between two steps, at which tests let the process die.</summary>
    public Action<string> AtPoint { get; init; } = _ => { };

    /// <summary>After how long without a commit a task asks up to where its copies of states go.</summary>
    internal TimeSpan IdleBoundsInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>All readers of this process, of whichever cluster, share this much memory for what they have fetched and nobody has taken.</summary>
    public static void ShareFetchMemory(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        FetchMemory.OfProcess.Limit(bytes);
    }
}
