using System.Diagnostics;
using Confluent.Kafka.Admin;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>A right is taken away under a pipeline that runs: it ends and names the right and what it is on; given back, the next start loses and doubles nothing.</summary>
public sealed class RevokedRightTests(ITestOutputHelper output)
{
    private const int Failed = 1;

    private static readonly AclOperation[] OfTopics = [AclOperation.Read, AclOperation.Write, AclOperation.Create, AclOperation.Delete, AclOperation.Describe, AclOperation.DescribeConfigs];

    [SkippableFact]
    public void A_right_that_is_taken_away_is_named_and_given_back_nothing_is_missing()
    {
        const string Name = "revoked";
        SecureKafka secure = SecureKafka.Shared;
        Grant(secure, Name);
        using var run = new TotalsRun(
            secure.Servers, secure.Bootstrap(SecureListener.SaslTls), Name, new TotalsOptions { Client = secure.Settings(SecureListener.SaslTls) }) { SameFailuresMax = 1 };
        (ResourceType Type, string Of, AclOperation Operation, string Told)[] rights =
        [
            (ResourceType.Topic, run.Output, AclOperation.Write, $"Write on topic {run.Output}"),
            (ResourceType.Topic, run.Input, AclOperation.Read, "Read isn't granted"),
            (SecureKafka.TransactionalId, $"streamengine.{Name}", AclOperation.Write, "Write and Describe on transactional ids"),
        ];
        var wrong = new List<string>();
        foreach ((ResourceType type, string of, AclOperation operation, string told) in rights)
        {
            using HostProcess host = run.Start(2);
            run.AwaitCaughtUp(host);
            secure.Forbid(SecureKafka.User, operation, type, of);
            long from = Stopwatch.GetTimestamp();
            Assert.True(host.WaitForExit(TimeSpan.FromSeconds(60)), $"without {operation} on {of} it goes on:\n{TotalsRun.Told(host)}");
            host.WaitForExit();
            Assert.True(host.ExitCode == Failed, TotalsRun.Told(host));
            string error = TotalsRun.LastError(host);
            output.WriteLine($"without {operation} on {of} it ended after {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s:\n{error}");
            if (!error.Contains(of, StringComparison.Ordinal) || !error.Contains(told, StringComparison.Ordinal)) wrong.Add($"without {operation} on {of}: {error}");
            secure.Allow(SecureKafka.User, operation, type, of);
        }

        Assert.Empty(wrong);
        run.Finish(2);
    }

    /// <summary>What the documentation says that a pipeline needs, each topic's by itself.</summary>
    private static void Grant(SecureKafka secure, string name)
    {
        string own = $"streamengine.{name}";
        var rights = new List<(ResourceType Type, string Of, AclOperation[] Operations)>
        {
            (ResourceType.Topic, $"{name}-input", [AclOperation.Read, AclOperation.Describe, AclOperation.DescribeConfigs]),
            (ResourceType.Topic, $"{name}-output", [AclOperation.Write, AclOperation.Describe, AclOperation.DescribeConfigs]),
            (ResourceType.Topic, $"{own}.positions", OfTopics),
            (ResourceType.Topic, $"{own}.dead-letters", OfTopics),
            (ResourceType.Topic, $"{own}.totals-by-key", OfTopics),
            (ResourceType.Topic, $"{own}.totals.changelog", OfTopics),
            (SecureKafka.TransactionalId, own, [AclOperation.Write, AclOperation.Describe]),
            (ResourceType.Group, own, [AclOperation.Read, AclOperation.Describe, AclOperation.Delete]),
        };
        foreach ((ResourceType type, string of, AclOperation[] operations) in rights)
        {
            foreach (AclOperation operation in operations) secure.Allow(SecureKafka.User, operation, type, of);
        }
    }
}
