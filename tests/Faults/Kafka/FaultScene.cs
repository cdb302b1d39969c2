using StreamEngine.Conformance.Kafka;
using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>A pipeline that runs on one broker behind a proxy, and everything that can be done to them. Behind each fault it must work again.</summary>
internal sealed class FaultScene(KafkaProxy proxy, TotalsRun run, Random random) : IDisposable
{
    private const int TasksMax = 3;
    private const int Broker = 1;
    private static readonly KafkaApi[] Writing = [KafkaApi.Produce, KafkaApi.AddPartitionsToTxn, KafkaApi.EndTxn, KafkaApi.InitProducerId];

    // A commit that takes longer than the first is a failed one; the second only holds it up.
    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200)];

    private HostProcess host = run.Start(2);

    /// <summary>All faults there are, each by its name; some more than once.</summary>
    public IReadOnlyList<(string Name, Action Do)> All =>
    [
        .. Enumerable.Repeat(("host killed while it works", (Action)KillWorking), 5),
        .. Enumerable.Repeat(("host killed while it starts", (Action)KillStarting), 3),
        ("host killed, and its data lost", KillAndLoseData),
        .. Points.Select(point => ($"host dies at {point.Name}", (Action)(() => DieAt(point.Name, point.Most)))),
        .. Enumerable.Repeat(("broker killed and restarted", (Action)KillBroker), 2),
        ("broker stopped and restarted", StopBroker),
        ("broker held", HoldBroker),
        ("all connections cut", CutAll),
        .. Writing.SelectMany(api => Enum.GetValues<ProxyAct>().Select(act => ($"{act} of {api}", (Action)(() => Disturb(act, api))))),
    ];

    /// <summary>Where hosts die, and how often a start with two tasks of a subgraph passes that place at least, or a run soon.</summary>
    private static (string Name, int Most)[] Points =>
    [
        (CrashPoints.AfterSeal, 8), (CrashPoints.BeforeCommit, 8), (CrashPoints.AfterCommit, 8), (CrashPoints.Journal, 1),
        (CrashPoints.Start, 6), (CrashPoints.Start, 6), (CrashPoints.TaskStart, 8), (CrashPoints.TaskStart, 8), (CrashPoints.Fence, 4), (CrashPoints.Fence, 4),
    ];

    /// <summary>Waits until everything that is in the input by now is done.</summary>
    /// <returns>How long that took.</returns>
    public TimeSpan AwaitCaughtUp() => run.AwaitCaughtUp(host);

    /// <summary>Lets the host stop by itself.</summary>
    public void Stop() => run.Stop(host);

    public void Dispose() => host.Dispose();

    private void KillWorking()
    {
        run.AwaitProgress(host);
        PassTime(700);
        Replace();
    }

    private void KillStarting()
    {
        Replace();
        PassTime(4000);
        Replace();
    }

    private void KillAndLoseData()
    {
        host.Kill();
        run.LoseData();
        Replace();
    }

    private void DieAt(string point, int most)
    {
        string armed = $"{point}:{1 + random.Next(most)}";
        Replace(2 + random.Next(TasksMax - 1), (CrashPoints.Variable, armed));
        Assert.True(host.WaitForExit(TimeSpan.FromMinutes(1)), $"the host didn't come to {armed}:\n{TotalsRun.Told(host)}");
        host.WaitForExit();
        Assert.True(host.Errors.Contains($"dying at {point}", StringComparison.Ordinal), $"the host failed otherwise than at {armed}:\n{TotalsRun.Told(host)}");
        Replace();
    }

    private void KillBroker()
    {
        run.AwaitProgress(host);
        PassTime(300);
        proxy.Servers.Kill(Broker);
        proxy.Servers.Restart(Broker);
    }

    private void StopBroker()
    {
        run.AwaitProgress(host);
        proxy.Servers.Stop(Broker);
        proxy.Servers.Restart(Broker);
    }

    private void HoldBroker()
    {
        run.AwaitProgress(host);
        proxy.Hold();
        PassTime(6000);
        proxy.LetGo();
    }

    private void CutAll()
    {
        run.AwaitProgress(host);
        for (int i = 0; i < 3; i++)
        {
            proxy.Cut();
            PassTime(200);
        }
    }

    private void Disturb(ProxyAct act, KafkaApi api)
    {
        run.AwaitProgress(host);
        using ArmedFault fault = proxy.Arm(new ProxyFault(act, api) { First = 1 + random.Next(4), Delay = Delays[random.Next(Delays.Length)] });

        // Nobody asks for a producer's id but a start.
        if (api == KafkaApi.InitProducerId) Replace();
        Assert.True(SpinWait.SpinUntil(() => fault.Hits > 0 || host.HasExited, TimeSpan.FromSeconds(60)), $"{act} of {api} didn't come about");
    }

    /// <summary>Kills the host if it lives, and starts another.</summary>
    private void Replace() => Replace(1 + random.Next(TasksMax));

    private void Replace(int tasks, params (string Name, string Value)[] environment)
    {
        host.Dispose();
        host = run.Start(tasks, environment: environment);
    }

    /// <summary>Passes some time, in which the host must not end by itself.</summary>
    private void PassTime(int milliseconds) =>
        Assert.False(host.WaitForExit(TimeSpan.FromMilliseconds(random.Next(milliseconds))), $"the host failed by itself:\n{TotalsRun.Told(host)}");
}
