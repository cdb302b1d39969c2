using System.Diagnostics;
using System.Runtime.ExceptionServices;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <content>Starting, stopping, crashing, and waiting for what was sent to be committed.</content>
public sealed partial class PipelineTestKit
{
    /// <summary>How long to wait for news of the log before looking again by oneself.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(2);

    private EngineRuntime? runtime;
    private Task run = Task.CompletedTask;
    private long commitsOfLast;

    /// <summary>Why the last run failed; null when it didn't.</summary>
    public EngineException? Failure { get; private set; }

    /// <summary>How often tasks have committed in this run, or in the last when none is under way.</summary>
    public long Commits => runtime is null ? commitsOfLast : CommitsOf(runtime);

    /// <summary>
    /// Runs the pipelines until everything there is now is read and committed, and stops them. Each task commits once, unless a setting or a full epoch
    /// says otherwise. What is still running from before is stopped in order first.
    /// </summary>
    /// <exception cref="EngineException">A pipeline failed.</exception>
    /// <exception cref="TimeoutException">It takes longer than <see cref="PipelineTestOptions.Patience"/>.</exception>
    public async Task RunToEnd()
    {
        await Stop();
        Begin(follows: false);
        await WaitForEnd("run to its end");
        ThrowIfFailed();
    }

    /// <summary>Begins to run the pipelines, which go on watching for more, and doesn't wait. Does nothing while they run.</summary>
    public void Start()
    {
        Deliver();
        if (runtime is null) Begin(follows: true);
    }

    /// <summary>
    /// Waits until everything sent so far is processed and committed, and leaves the pipelines running; starts them when they don't. In how many commits
    /// that happens is not promised; <see cref="RunToEnd"/> is for tests to which it matters.
    /// </summary>
    /// <exception cref="EngineException">A pipeline failed.</exception>
    /// <exception cref="TimeoutException">It takes longer than <see cref="PipelineTestOptions.Patience"/>.</exception>
    /// <exception cref="InvalidOperationException">A pipeline reads or commits where the kit can't look.</exception>
    public async Task Settle()
    {
        var settlement = new Settlement(log, [.. specs.Select(spec => spec.Plan)]);
        settlement.Check();
        Start();
        await WaitUntil(settlement.Missing);
    }

    /// <summary>Waits until something holds that the running pipelines bring about, having them commit what they have read meanwhile.</summary>
    /// <param name="condition">Is asked again whenever the log has changed.</param>
    /// <param name="what">What is waited for, in words, for the message when it doesn't come.</param>
    /// <exception cref="EngineException">A pipeline failed.</exception>
    /// <exception cref="TimeoutException">It takes longer than <see cref="PipelineTestOptions.Patience"/>.</exception>
    public async Task WaitUntil(Func<bool> condition, string what)
    {
        Start();
        await WaitUntil(() => condition() ? null : what);
    }

    /// <summary>Stops the pipelines in order: what they have read is committed. Does nothing while none runs.</summary>
    /// <exception cref="TimeoutException">It takes longer than <see cref="PipelineTestOptions.Patience"/>.</exception>
    public async Task Stop()
    {
        if (runtime is null) return;
        _ = runtime.StopAsync();
        await WaitForEnd("stop");
    }

    /// <summary>Ends the pipelines as a killed process does, with no last commit: what they have read and not committed is read again by the next run.</summary>
    public async Task Crash()
    {
        Deliver();
        if (runtime is null) return;
        await EndAsync();
    }

    /// <summary>Stops the pipelines if they run, and starts them again on the same log; if they didn't run, the next run begins as is said here.</summary>
    /// <param name="tasks">The most tasks of a subgraph from now on; as before when null.</param>
    /// <param name="define">The pipeline's new definition; as before when null. For a kit of one pipeline.</param>
    /// <exception cref="EngineException">The new definition can't be planned.</exception>
    public async Task Restart(int? tasks = null, Action<PipelineBuilder>? define = null)
    {
        bool wasRunning = runtime is not null;
        await Stop();
        this.tasks = tasks ?? this.tasks;
        if (define is not null)
        {
            serdes = options.Serdes ?? new SerdeRegistry();
            Define([(definitions.Single().Name.Value, define)]);
        }

        if (wasRunning) Begin(follows: true);
    }

    /// <summary>Ends what runs, and forgets the log.</summary>
    public async ValueTask DisposeAsync()
    {
        if (runtime is not null) await EndAsync();
        log.Dispose();
    }

    private bool HasEnded => run.IsCompleted || runtime!.Statuses.Any(status => status.State == PipelineState.Failed);

    private void Begin(bool follows)
    {
        Deliver();
        Plans();
        Failure = null;
        runtime = EngineRuntime.Create(EngineOptions(), KitSystem.Shared, definitions);
        run = runtime.RunAsync(follows);
    }

    /// <summary>Waits until no pipeline runs any more, and clears away what ran them.</summary>
    private async Task WaitForEnd(string what)
    {
        try
        {
            await run.WaitAsync(options.Patience);
        }
        catch (TimeoutException)
        {
            string doing = string.Join(", ", runtime!.Statuses.Select(status => $"{status.Name} is {status.State}"));
            await EndAsync();
            throw new TimeoutException($"the pipelines didn't {what} within {options.Patience.TotalSeconds:0.#} s: {doing}");
        }

        await EndAsync();
    }

    private async Task EndAsync()
    {
        EngineRuntime ending = runtime!;
        runtime = null;
        await ending.AbandonAsync();
        Failure = ending.Statuses.Select(status => status.Failure).FirstOrDefault(failure => failure is not null);
        commitsOfLast = CommitsOf(ending);
    }

    private static long CommitsOf(EngineRuntime engine) => engine.Statuses.Sum(status => status.Totals.Commits);

    private void ThrowIfFailed()
    {
        if (Failure is not null) ExceptionDispatchInfo.Throw(Failure);
    }

    private async Task WaitUntil(Func<string?> missing)
    {
        await Task.Run(() => BlockUntil(missing));
        if (HasEnded) await EndAsync();
        ThrowIfFailed();
    }

    /// <summary>Blocks until nothing is missing any more, or a pipeline has failed.</summary>
    private void BlockUntil(Func<string?> missing)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!HasEnded && missing() is { } left)
        {
            if (Stopwatch.GetElapsedTime(begin) > options.Patience) throw new TimeoutException($"waited {options.Patience.TotalSeconds:0.#} s: {left}");
            runtime!.Seal();
            lock (log.Gate) Monitor.Wait(log.Gate, LookAgain);
        }
    }
}
