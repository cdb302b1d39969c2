using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>What tools see of a log while they change nothing in it, whether an engine uses it or not. Used by one thread; members may block.</summary>
internal interface ILogView : IDisposable
{
    /// <summary>The identity of the log.</summary>
    string Id { get; }

    /// <summary>What it is and where, for messages.</summary>
    string Description { get; }

    /// <summary>The topics, in the order of their names.</summary>
    IReadOnlyList<TopicInfo> Topics { get; }

    /// <summary>The pipelines that were ever started here.</summary>
    IReadOnlyList<PipelineName> Pipelines { get; }

    /// <summary>The home record of a pipeline; null when there is none.</summary>
    HomeEntry? ReadHome(PipelineName pipeline);

    /// <summary>Whether an engine may be running a pipeline now: one holds the log, or has shown lately that it runs this one.</summary>
    bool IsHeld(PipelineName pipeline);

    /// <summary>All positions of a pipeline that the log holds, by subgraph.</summary>
    IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline);

    /// <summary>Output of a pipeline that is sealed and not noted as published.</summary>
    IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline);

    /// <summary>The states of a pipeline.</summary>
    IReadOnlyList<StateInfo> States(PipelineName pipeline);

    /// <summary>The topic of that name; null when there is none.</summary>
    TopicInfo? Find(string name);

    /// <summary>What a partition holds.</summary>
    PartitionRange Range(TopicInfo topic, int partition);

    /// <summary>
    /// How many committed records a partition holds. Where offsets are given to other things than records too, they are read to be counted: for topics of few records.
    /// </summary>
    long Count(TopicInfo topic, int partition);

    /// <summary>The committed chunks of a partition from an offset on, up to what is there when reading begins. Whoever takes one releases it.</summary>
    /// <exception cref="OffsetOutOfRangeException">What lies there was removed in the meantime.</exception>
    /// <exception cref="EngineException">What lies before the end is neither committed nor given up for long.</exception>
    IEnumerable<Chunk> Read(TopicInfo topic, int partition, long from, ChunkPool pool);
}
