using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>One start of the pipeline that writes to a staged sink.</summary>
internal sealed class StagedStart : StagedParty
{
    private readonly PipelineName name;
    private readonly Dictionary<int, int> attempts = [];
    private StartProtocol protocol;

    /// <param name="pipeline">The pipeline.</param>
    /// <param name="intent">What the start is for.</param>
    /// <param name="process">The process it is in, which no other start shares.</param>
    public StagedStart(StagedPipeline pipeline, StartIntent intent, int process)
    {
        name = pipeline.Name;
        protocol = new StartProtocol
        {
            Wanted = new HomeRecord { Start = StartId.New(), Generation = Generation.None, State = HomeState.Starting, Host = "host", Process = process },
            Intent = intent,
        };
        var sinks = new Dictionary<string, IStagedSink> { [StagedPipeline.Stage] = pipeline.Sink };
        Runner = new StartStepRunner(
            pipeline.Log, name, pipeline.Folder, sinks, store => throw new InvalidOperationException($"there is no database {store}"), (_, _) => [], _ => null, Worker);
    }

    public override Commits.Step? Next => protocol.Next;

    /// <summary>How it ended; null while there are steps.</summary>
    public StartResult? Result => protocol.Result;

    protected override StepRunner Runner { get; }

    /// <summary>The claim of the next attempt of a task, once the start has gone through.</summary>
    public TaskClaim NextAttempt(int task)
    {
        attempts[task] = attempts.GetValueOrDefault(task) + 1;
        var started = (StartResult.Started)Result!;
        return new TaskClaim(new TaskId(name, "copy", task), started.Record.Start, started.Record.Generation, attempts[task]);
    }

    public override string ToString() => protocol.Describe();

    protected override void Apply(Outcome outcome) => protocol = protocol.Apply(outcome);
}
