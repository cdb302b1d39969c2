using Akka.Actor;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Tasks;

/// <summary>
/// Wraps a connector: opens its client on a thread of its own, tries again after a wait when the cause may go away, and tells its task, which
/// owns the client from then on. It never opens a client anew under a running task: a client that loses its session fails the task.
/// </summary>
internal sealed class ConnectorActor : ReceiveActor, IWithTimers
{
    private readonly string name;
    private readonly Func<IDisposable> open;
    private readonly RestartPolicy waits;
    private readonly IActorRef task;
    private readonly WorkerThread worker;
    private int failures;

    /// <param name="name">The stage's name.</param>
    /// <param name="open">Opens the client and tests it; may block.</param>
    /// <param name="waits">How long to wait between attempts.</param>
    public ConnectorActor(string name, Func<IDisposable> open, RestartPolicy waits)
    {
        this.name = name;
        this.open = open;
        this.waits = waits;
        task = Context.Parent;
        worker = new WorkerThread($"connector {name}", waitingMax: 2);
        Receive<TryOpen>(_ => Open());
        Receive<Opened>(OnOpened);
        Receive<Status.Failure>(failure => OnFailed(failure.Cause));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes one.</summary>
    public static Props Props(string name, Func<IDisposable> open, RestartPolicy waits) => ActorProps.Of(() => new ConnectorActor(name, open, waits));

    protected override void PreStart() => Open();

    protected override void PostStop() => worker.Dispose();

    private void Open() => worker.Run(open).PipeTo(Self, success: opened => new Opened(opened));

    private void OnOpened(Opened message) => task.Tell(new ConnectorOpened(name, message.Client));

    private void OnFailed(Exception error)
    {
        failures++;
        bool isTransient = error is EngineException engine ? engine.IsTransient : error is IOException and not FileNotFoundException and not DirectoryNotFoundException or TimeoutException;
        TimeSpan? wait = isTransient ? waits.DelayAfter(failures) : null;
        task.Tell(new ConnectorFailed(name, error, wait));
        if (wait is { } delay) Timers.StartSingleTimer(nameof(TryOpen), TryOpen.Instance, delay);
    }

    private sealed class TryOpen
    {
        public static readonly TryOpen Instance = new();
    }

    private sealed record Opened(IDisposable Client);
}

/// <summary>A connector's client is open.</summary>
internal sealed record ConnectorOpened(string Name, IDisposable Client);

/// <summary>A connector's client couldn't be opened.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Cause">Why.</param>
/// <param name="RetryAfter">After which wait it is tried again; null when that would not help.</param>
internal sealed record ConnectorFailed(string Name, Exception Cause, TimeSpan? RetryAfter);
