using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Conformance;

/// <summary>A pipeline whose tasks write to a staged sink, over a log in memory that outlives its starts and attempts as a disk outlives processes.</summary>
internal sealed class StagedPipeline : IDisposable
{
    /// <summary>The name of the sink in the pipeline.</summary>
    public const string Stage = "out";

    private readonly StagedSinkFactory factory;
    private readonly List<IDisposable> parties = [];

    public StagedPipeline(StagedSinkFactory factory, string name)
    {
        this.factory = factory;
        Name = new PipelineName(name);
        Definition = factory.Definition.For<string>();
        DeadLetters = Log.Create(new TopicSpec("dead-letters"));
    }

    public PipelineName Name { get; }

    public InMemoryLog Log { get; } = new();

    public TopicInfo DeadLetters { get; }

    public string Folder => factory.Folder;

    public SinkDefinition<string, long> Definition { get; }

    public IStagedSink Sink => (IStagedSink)Definition;

    /// <summary>A start that has done nothing yet.</summary>
    public StagedStart NewStart(StartIntent intent = StartIntent.Run)
    {
        var start = new StagedStart(this, intent, process: parties.Count + 1);
        parties.Add(start);
        return start;
    }

    /// <summary>A start that has gone through.</summary>
    public async Task<StagedStart> StartAsync(StartIntent intent = StartIntent.Run)
    {
        StagedStart start = NewStart(intent);
        await start.RunAsync();
        return start;
    }

    /// <summary>An attempt of a task that has done nothing yet.</summary>
    public StagedTask NewTask(StagedStart start, int task = 0)
    {
        var attempt = new StagedTask(this, start.NextAttempt(task));
        parties.Add(attempt);
        return attempt;
    }

    /// <summary>An attempt of a task that runs.</summary>
    public async Task<StagedTask> TaskAsync(StagedStart start, int task = 0)
    {
        StagedTask attempt = NewTask(start, task);
        await attempt.RunAsync();
        return attempt;
    }

    /// <summary>The records of a task that the log holds as committed: those before its position.</summary>
    public IEnumerable<long> Committed(int task = 0)
    {
        long first = StagedTask.First(task);
        string? at = Log.Positions(Name).Select(held => held.Position).SingleOrDefault(position => position.Partition == StagedTask.Partition(task))?.Position.At;
        long end = at is null ? first : long.Parse(at, CultureInfo.InvariantCulture);
        for (long n = first; n < end; n++) yield return n;
    }

    /// <summary>The records of a task that are visible, in the order in which readers see them.</summary>
    public IEnumerable<long> Visible(int task = 0) =>
        factory.Published().SelectMany(output => output.Values).Where(value => value >= StagedTask.First(task) && value < StagedTask.First(task + 1));

    public void Dispose()
    {
        foreach (IDisposable party in parties) party.Dispose();
        Log.Dispose();
    }
}
