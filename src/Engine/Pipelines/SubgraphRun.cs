using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Pipelines;

/// <summary>A subgraph in a start of its pipeline: which tasks it has, which partitions they have, and how far they are. Not thread-safe.</summary>
/// <param name="plan">Its plan.</param>
/// <param name="settings">Its settings.</param>
/// <param name="database">The database it commits in; null where that is the log.</param>
internal sealed class SubgraphRun(SubgraphPlan plan, PipelineSettings settings, ICommitDatabase? database)
{
    private readonly bool[] finishing = new bool[plan.Sources.Count];

    public SubgraphPlan Plan { get; } = plan;

    public PipelineSettings Settings { get; } = settings;

    public ICommitDatabase? Database { get; } = database;

    /// <summary>The slot of its first task in the whole pipeline; the others follow.</summary>
    public int FirstSlot { get; init; }

    /// <summary>Its tasks; empty until its partitions are known.</summary>
    public IReadOnlyList<TaskRun> Tasks { get; private set; } = [];

    /// <summary>Whether it waits for its database to be reachable.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>Whether all its tasks have committed all there was to read.</summary>
    public bool IsFinished => Tasks.Count > 0 && Tasks.All(task => task.IsFinished);

    /// <summary>Which of its sources have nothing more to come.</summary>
    public IReadOnlyList<bool> Finishing => [.. finishing];

    /// <summary>
    /// Spreads the partitions over tasks: partition n of every source goes to the same task, so that what belongs together by key meets there.
    /// </summary>
    /// <param name="partitions">The partitions of each source.</param>
    public void Assign(IReadOnlyList<IReadOnlyList<SourcePartition>> partitions)
    {
        int count = Math.Clamp(partitions.Max(list => list.Count), 1, Settings.TasksMax);
        Tasks = [.. Enumerable.Range(0, count).Select(number => new TaskRun(number, [.. partitions.Select(list => list.Where(partition => partition.Index % count == number).ToList())]))];
    }

    /// <summary>Takes in a partition that was found while the tasks run; says which task has it.</summary>
    public TaskRun Add(int source, SourcePartition partition)
    {
        TaskRun task = Tasks[partition.Index % Tasks.Count];
        task.Partitions[source].Add(partition);
        return task;
    }

    /// <summary>Nothing more will come for a source; false when that was known.</summary>
    public bool Finish(int source)
    {
        if (finishing[source]) return false;
        return finishing[source] = true;
    }
}

/// <summary>A task in a start of its pipeline, over all its attempts.</summary>
internal sealed class TaskRun(int number, IReadOnlyList<List<SourcePartition>> partitions)
{
    private const double ReleaseBelow = 0.8;
    private readonly HashSet<string> fullTopics = [];
    private int lasting;
    private int passing;
    private string? lastFailure;
    private DateTimeOffset lastFailureAt;

    public int Number { get; } = number;

    /// <summary>Its partitions of each source.</summary>
    public IReadOnlyList<List<SourcePartition>> Partitions { get; } = partitions;

    /// <summary>The attempt that runs, or ran last.</summary>
    public int Attempt { get; set; }

    /// <summary>Its actor; null between two attempts.</summary>
    public Akka.Actor.IActorRef? Actor { get; set; }

    public bool IsFinished { get; set; }

    /// <summary>
    /// How often it failed since it was last well for a while. Of failures that pass by themselves only those count that came since it last committed: a network
    /// that fails now and then, and lets the task go on each time, is no reason to end it.
    /// </summary>
    public int Failures => lasting + passing;

    /// <summary>How often the last lasting failure came with nothing committed in between.</summary>
    public int SameFailures { get; private set; }

    /// <summary>An attempt failed.</summary>
    /// <param name="error">Why.</param>
    /// <param name="now">When.</param>
    /// <param name="forgetAfter">How long without failure until failures are counted anew.</param>
    public void CountFailure(EngineException error, DateTimeOffset now, TimeSpan forgetAfter)
    {
        if (now - lastFailureAt > forgetAfter) lasting = passing = 0;
        if (error.IsTransient) passing++;
        else lasting++;
        SameFailures = error.IsTransient ? 0 : error.Message == lastFailure ? SameFailures + 1 : 1;
        (lastFailure, lastFailureAt) = (error.Message, now);
    }

    /// <summary>It has come further.</summary>
    public void CountCommit()
    {
        passing = SameFailures = 0;
        lastFailure = null;
    }

    /// <summary>Whether its sources are held because an internal topic that it writes is full.</summary>
    public bool IsHeld => fullTopics.Count > 0;

    /// <summary>An attempt begins: nobody has told it to wait yet.</summary>
    public void Begin() => fullTopics.Clear();

    /// <summary>An internal topic that it writes is so large: it waits while one of them is above the most, until that is well below it again.</summary>
    /// <returns>Whether it has to wait now and didn't before, or the other way round.</returns>
    public bool Hold(string topic, long bytes, long bytesMax)
    {
        bool wasHeld = IsHeld;
        if (bytes > bytesMax) fullTopics.Add(topic);
        else if (bytes <= bytesMax * ReleaseBelow) fullTopics.Remove(topic);
        return IsHeld != wasHeld;
    }
}
