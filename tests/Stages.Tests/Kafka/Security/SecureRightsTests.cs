using System.Globalization;
using Confluent.Kafka.Admin;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Security;

/// <summary>That the rights which docs/kafka.md lists are enough, and that one that is missing is named.</summary>
public sealed class SecureRightsTests : IDisposable
{
    private const string Password = "rights-pass-4711";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SecureKafka kafka = SecureKafka.Shared;
    private readonly string user = $"user-{Guid.NewGuid():N}"[..13];
    private readonly SecurePipeline pipeline;
    private readonly SecurePipeline administrator;

    public SecureRightsTests()
    {
        kafka.SetPassword(user, Password);
        Dictionary<string, string> settings = kafka.Settings(SecureListener.SaslTls);
        (settings["sasl.username"], settings["sasl.password"]) = (user, Password);
        pipeline = new SecurePipeline(kafka.Bootstrap(SecureListener.SaslTls), settings);
        administrator = new SecurePipeline(kafka.Servers.Bootstrap, new Dictionary<string, string>());
        Assert.True(SpinWait.SpinUntil(IsKnown, Patience), "the broker knows the user");
    }

    public void Dispose()
    {
        pipeline.Dispose();
        administrator.Dispose();
    }

    [SkippableFact]
    public async Task The_rights_that_are_listed_are_enough()
    {
        Output();
        pipeline.GrantNeeded(kafka, user);
        TopicInfo output = pipeline.Log.Find(pipeline.OutputPrefix)!;

        StartId start = pipeline.Start();
        StateInfo state = pipeline.Log.OpenState(pipeline.Name, new StateSpec("totals", "bytes", 1));
        using (TestTask task = await pipeline.NewTask(start).BeginAsync())
        {
            var changes = new StateChanges(state);
            changes.Put(0, "key"u8, "value"u8);
            task.Write(output, 0, new TestRecord("a", "1"));
            await task.CommitAsync(Sealed(task, output) with { State = [changes] });
        }

        Assert.True(pipeline.Log.Beat(pipeline.Name, start));
        Assert.Equal(["1"], pipeline.Read(output));
        Assert.Single(pipeline.Log.States(pipeline.Name));
        Assert.Contains(pipeline.Name, pipeline.Log.Homes());
        pipeline.Log.Purge(pipeline.DeadLetters(), 0, 1);
        pipeline.Log.Append(output, [TestRecord.Chunk(new ChunkPool(), 0, new TestRecord("b", "2"))]);
        var tools = new KafkaTools(kafka.Servers.Bootstrap);
        Assert.True(SpinWait.SpinUntil(() => tools.ConsumerGroups("--describe", "--group", pipeline.OwnName).Contains(output.Name, StringComparison.Ordinal), Patience));
        pipeline.Log.Clear(pipeline.Name, start, []);
        Assert.Empty(pipeline.Log.Positions(pipeline.Name));
        Assert.DoesNotContain(pipeline.Logged, line => line.Contains("uthorization", StringComparison.Ordinal) && !line.Contains("Debug", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_topic_that_may_not_be_described_is_not_one_that_is_missing() =>
        AssertNames(Assert.Throws<EngineException>(() => pipeline.Log.Find(Output().Name)), "Describe", pipeline.OutputPrefix);

    [SkippableFact]
    public void A_topic_that_may_not_be_read_says_so_at_the_first_poll()
    {
        TopicInfo output = Output();
        pipeline.GrantNeeded(kafka, user, (_, prefix, operation) => prefix == pipeline.OutputPrefix && operation == AclOperation.Read);
        using ILogReader reader = pipeline.Log.OpenReader(new ChunkPool());
        reader.Assign(output, 0, 0);

        AssertNames(Assert.Throws<EngineException>(() => SpinWait.SpinUntil(() => reader.Poll(TimeSpan.FromSeconds(1)) is not null, Patience)), "Read", output.Name);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_topic_that_may_not_be_written_any_more_fails_the_task(bool takenInTheMiddle)
    {
        TopicInfo output = Output();
        pipeline.GrantNeeded(kafka, user, (_, prefix, operation) => !takenInTheMiddle && prefix == pipeline.OutputPrefix && operation == AclOperation.Write);
        using TestTask task = await pipeline.NewTask(pipeline.Start()).BeginAsync();
        if (takenInTheMiddle)
        {
            await task.CommitAsync(output, 0, new TestRecord("a", "1"));
            kafka.Forbid(user, AclOperation.Write, ResourceType.Topic, pipeline.OutputPrefix);
        }

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => task.CommitAsync(output, 0, new TestRecord("b", "2")));

        AssertNames(error, "Write", "streamengine.");
        Assert.Equal(takenInTheMiddle ? ["1"] : [], administrator.Read(output));
    }

    [SkippableFact]
    public void A_transactional_id_that_may_not_be_used_is_named()
    {
        pipeline.GrantNeeded(kafka, user, (type, _, _) => type == SecureKafka.TransactionalId);

        AssertNames(Assert.Throws<EngineException>(() => pipeline.Start()), "transactional id", pipeline.OwnName);
    }

    [SkippableFact]
    public void A_topic_of_its_own_that_may_not_be_made_is_named()
    {
        pipeline.GrantNeeded(kafka, user, (_, _, operation) => operation == AclOperation.Create);

        AssertNames(Assert.Throws<EngineException>(() => pipeline.Start()), "Create", $"{pipeline.OwnPrefix}positions");
    }

    [SkippableFact]
    public async Task A_group_that_may_not_be_written_is_said_once_and_stops_nothing()
    {
        Output();
        pipeline.GrantNeeded(kafka, user, (type, _, _) => type == ResourceType.Group);
        TopicInfo output = pipeline.Log.Find(pipeline.OutputPrefix)!;
        using TestTask task = await pipeline.NewTask(pipeline.Start()).BeginAsync();
        DateTime end = DateTime.UtcNow + Patience;
        int committed = 0, after = 0;
        while (after < 3 && DateTime.UtcNow < end)
        {
            task.Write(output, 0, new TestRecord("a", "1"));
            await task.CommitAsync(Sealed(task, output));
            committed++;
            if (Warnings().Length > 0) after++;
        }

        string warning = Assert.Single(Warnings());
        Assert.Contains($"Grant the engine's user Read on consumer group", warning, StringComparison.Ordinal);
        Assert.Equal(committed, pipeline.Read(output).Count);

        string[] Warnings() => [.. pipeline.Logged.Where(line => line.Contains("Warning", StringComparison.Ordinal) && line.Contains("roup", StringComparison.Ordinal))];
    }

    private bool IsKnown()
    {
        try
        {
            return ClusterLook.At(pipeline.Client).Brokers > 0;
        }
        catch (EngineException e) when (e.Message.Contains("Authentication failed", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static void AssertNames(EngineException error, string right, string thing)
    {
        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.Contains(thing, error.Message, StringComparison.Ordinal);
        Assert.Contains(right, error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A topic that somebody else has made for the pipeline.</summary>
    private TopicInfo Output() => administrator.Log.Find(pipeline.OutputPrefix) ?? administrator.Log.Create(new TopicSpec(pipeline.OutputPrefix, 1));

    /// <summary>The open epoch, with a position in a topic of the cluster: those are shown as the group's.</summary>
    private static EpochCommit Sealed(TestTask task, TopicInfo read) =>
        task.Seal((new SourcePartitionId("input", "0"), new Position($"topic:{read.Id}", (task.Last.Value + 1).ToString(CultureInfo.InvariantCulture))));
}
