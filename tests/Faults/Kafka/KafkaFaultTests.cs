using System.Diagnostics;
using StreamEngine.Conformance.Kafka;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>
/// Totals by key are kept on a real Kafka while its host is killed, at random moments and at each step of a start and of a commit, while the broker goes and
/// comes back, and while connections fail: a committed reader sees each value counted once, in its order.
/// </summary>
public sealed class KafkaFaultTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Through_faults_of_host_broker_and_connections_nothing_is_lost_and_nothing_doubled()
    {
        output.WriteLine($"seed {FaultSettings.Seed}");
        var random = new Random(FaultSettings.Seed);
        using KafkaProxy proxy = KafkaProxy.Start(1, new Dictionary<string, string> { ["transaction.abort.timed.out.transaction.cleanup.interval.ms"] = "1000" });
        using var run = new TotalsRun(proxy.Servers, proxy.Bootstrap);
        using (var scene = new FaultScene(proxy, run, random))
        {
            scene.AwaitCaughtUp();
            var left = new Queue<(string Name, Action Do)>();
            for (int n = 1; n <= FaultSettings.KafkaFaults - FaultSettings.KafkaZombies - FaultSettings.KafkaBrokers; n++)
            {
                if (left.Count == 0)
                {
                    (string, Action)[] all = [.. scene.All];
                    random.Shuffle(all);
                    left = new Queue<(string, Action)>(all);
                }

                (string name, Action act) = left.Dequeue();
                long from = Stopwatch.GetTimestamp();
                act();
                TimeSpan recovery = scene.AwaitCaughtUp();
                output.WriteLine($"{n}: {name}: {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s, {recovery.TotalSeconds:0.0} s of them until all was done");
                proxy.Heal();
            }

            scene.Stop();
        }

        run.Finish(1 + random.Next(3));
    }
}
