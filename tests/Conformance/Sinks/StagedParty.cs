using StreamEngine.Commits;
using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

/// <summary>
/// A start, or an attempt of a task, that a test leads through the protocol step by step on the real runner. One that is led no further has crashed
/// there; one that is led on later is a process that was thought dead and wakes up.
/// </summary>
internal abstract class StagedParty : IDisposable
{
    /// <summary>So long that a step that isn't done by then hangs.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>The step to be done next; null when there is none.</summary>
    public abstract Commits.Step? Next { get; }

    /// <summary>What the last step came to, whatever the protocol was told; null before the first.</summary>
    public Outcome? Last { get; private set; }

    /// <summary>The thread for what may block.</summary>
    protected WorkerThread Worker { get; } = new("staged sink under test");

    /// <summary>Carries out the next step.</summary>
    /// <param name="isReplyLost">Whether it is done and the protocol isn't told so.</param>
    public async Task StepAsync(bool isReplyLost = false)
    {
        Last = await Runner.RunAsync(Next!, Deadline);
        Apply(isReplyLost ? new Outcome.Unknown(new IOException("the reply is lost")) : Last);
    }

    /// <summary>Carries out all steps there are.</summary>
    public async Task RunAsync()
    {
        while (Next is not null) await StepAsync();
    }

    /// <summary>Stops before a step of that kind.</summary>
    /// <exception cref="InvalidOperationException">None comes.</exception>
    public async Task RunUpToAsync<TStep>()
        where TStep : Commits.Step
    {
        while (Next is not TStep)
        {
            if (Next is null) throw new InvalidOperationException($"there is no {typeof(TStep).Name} to come: {this}");
            await StepAsync();
        }
    }

    public virtual void Dispose() => Worker.Dispose();

    /// <summary>What carries its steps out.</summary>
    protected abstract StepRunner Runner { get; }

    /// <summary>Tells the protocol what became of its step.</summary>
    protected abstract void Apply(Outcome outcome);
}
