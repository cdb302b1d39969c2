using CsCheck;
using StreamEngine.Commits;

namespace StreamEngine.Conformance;

/// <summary>
/// Random schedules over a staged sink: starts and attempts that are left behind between any two steps, wake up late, or lose a reply. After every
/// step what is visible has to be committed, once and in order; at the end everything that is committed has to be visible.
/// </summary>
internal sealed class StagedSchedule : IDisposable
{
    private const int Tasks = 2;

    // Calm acts prevail, or no epoch would ever get past its commit.
    private static readonly Gen<StagedMove[]> Moves = Gen.Select(
        Gen.Frequency(
            (5, Gen.Const(StagedAct.Write)),
            (8, Gen.Const(StagedAct.Commit)),
            (1, Gen.Const(StagedAct.LoseReply)),
            (2, Gen.Const(StagedAct.Attempt)),
            (2, Gen.Const(StagedAct.Start)),
            (3, Gen.Const(StagedAct.Wake))),
        Gen.Int[0, Tasks - 1],
        Gen.Int[0, 6],
        (act, task, count) => new StagedMove(act, task, count)).Array[1, 40];

    private readonly StagedSinkFactory factory;
    private readonly StagedPipeline pipeline;
    private readonly List<StagedParty> left = [];
    private readonly StagedTask?[] tasks = new StagedTask?[Tasks];
    private StagedStart? start;

    private StagedSchedule(StagedSinkFactory factory)
    {
        factory.Clear();
        this.factory = factory;
        pipeline = new StagedPipeline(factory, "pipeline");
    }

    /// <summary>Runs random schedules; a failure prints the seed and the moves.</summary>
    public static Task CheckAsync(StagedSinkFactory factory) => Check.SampleAsync(
        Moves,
        async moves =>
        {
            using var schedule = new StagedSchedule(factory);
            await schedule.StartAsync(int.MaxValue);
            for (int task = 0; task < Tasks; task++) await schedule.BeginAsync(task, int.MaxValue);
            foreach (StagedMove move in moves) await schedule.DoAsync(move);
            await schedule.FinishAsync();
        },
        iter: PropertyRuns.Of(60),
        threads: 1,
        print: moves => string.Join(", ", moves.Select(move => $"{move.Act} {move.Task} {move.Count}")));

    public void Dispose() => pipeline.Dispose();

    private Task DoAsync(StagedMove move) => move.Act switch
    {
        StagedAct.Start => StartAsync(3 * move.Count),
        StagedAct.Wake when left.Count > 0 => WakeAsync(left[((7 * move.Count) + move.Task) % left.Count], 1 + move.Count),
        StagedAct.Attempt => BeginAsync(move.Task, 2 * move.Count),
        _ when tasks[move.Task] is not { } task => Task.CompletedTask,
        StagedAct.Write => WriteAsync(tasks[move.Task]!, move.Count),
        StagedAct.Commit => CommitAsync(tasks[move.Task]!, move.Count),
        StagedAct.LoseReply => LoseReplyAsync(tasks[move.Task]!, move.Count % 4),
        _ => Task.CompletedTask,
    };

    /// <summary>Starts the pipeline. A start that doesn't get to its end leaves the one before to go on as far as it may.</summary>
    private async Task StartAsync(int steps)
    {
        StagedStart next = pipeline.NewStart();
        await LeadAsync(next, steps);
        if (next.Result is not StartResult.Started)
        {
            left.Add(next);
            return;
        }

        start = next;
        for (int task = 0; task < Tasks; task++)
        {
            if (tasks[task] is not null) await BeginAsync(task, int.MaxValue);
        }
    }

    private async Task BeginAsync(int task, int steps)
    {
        if (tasks[task] is { } old) left.Add(old);
        tasks[task] = pipeline.NewTask(start!, task);
        await LeadAsync(tasks[task]!, steps);
    }

    private static Task WriteAsync(StagedTask task, int count)
    {
        if (task.IsOpen) task.Write(count);
        return Task.CompletedTask;
    }

    private async Task CommitAsync(StagedTask task, int steps)
    {
        if (task.IsRunning) task.Seal();
        await LeadAsync(task, steps);
    }

    private async Task LoseReplyAsync(StagedTask task, int steps)
    {
        await CommitAsync(task, steps);
        if (task.Next is null) return;
        await task.StepAsync(isReplyLost: true);
        CheckVisible();
    }

    /// <summary>Leads one on that others have followed; an attempt knows nothing of them and goes on writing.</summary>
    private async Task WakeAsync(StagedParty party, int steps)
    {
        if (party is StagedTask { IsRunning: true } task) task.Write(2).Seal();
        await LeadAsync(party, steps);
    }

    private async Task LeadAsync(StagedParty party, int steps)
    {
        for (int n = 0; n < steps && party.Next is not null; n++)
        {
            await party.StepAsync();
            CheckVisible();
        }
    }

    /// <summary>A start and attempts without faults: they publish what is left, and can commit.</summary>
    private async Task FinishAsync()
    {
        await StartAsync(int.MaxValue);
        Assert.Equal(0, factory.CountStaged());
        for (int task = 0; task < Tasks; task++)
        {
            long before = pipeline.Committed(task).LongCount();
            await tasks[task]!.CommitAsync(2);
            Assert.Null(tasks[task]!.End);
            Assert.Equal(before + 2, pipeline.Committed(task).LongCount());
            Assert.Equal(pipeline.Committed(task), pipeline.Visible(task));
        }

        Assert.Empty(pipeline.Log.Unpublished(pipeline.Name));
        Assert.Equal(0, factory.CountStaged());
    }

    private void CheckVisible()
    {
        for (int task = 0; task < Tasks; task++)
        {
            long end = StagedTask.First(task) + pipeline.Committed(task).LongCount(), before = -1;
            foreach (long value in pipeline.Visible(task))
            {
                Assert.True(value < end, $"{value} of task {task} is visible, and only what is before {end} is committed");
                Assert.True(value > before, $"{value} of task {task} is visible behind {before}");
                before = value;
            }
        }
    }
}
