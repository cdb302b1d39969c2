using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>Of three brokers one after the other is killed: the pipeline goes on with the other two, and nothing is lost or doubled.</summary>
public sealed class ThreeBrokersTests(ITestOutputHelper output)
{
    private const int Brokers = 3;

    [SkippableFact]
    public void With_one_of_three_brokers_killed_the_pipeline_goes_on()
    {
        output.WriteLine($"seed {FaultSettings.Seed}");
        int first = new Random(FaultSettings.Seed).Next(Brokers);
        using KafkaServers servers = KafkaServers.Start(Brokers);
        using var run = new TotalsRun(servers);
        using (HostProcess host = run.Start(2))
        {
            run.AwaitCaughtUp(host);
            for (int n = 0; n < FaultSettings.KafkaBrokers; n++)
            {
                int broker = 1 + ((first + n) % Brokers);
                servers.Kill(broker);
                TimeSpan without = run.AwaitCaughtUp(host);
                servers.Restart(broker);
                TimeSpan with = run.AwaitCaughtUp(host);
                output.WriteLine($"broker {broker} killed: all was done after {without.TotalSeconds:0.0} s, and {with.TotalSeconds:0.0} s after it came back");
            }

            run.Stop(host);
        }

        run.Finish(2);
    }
}
