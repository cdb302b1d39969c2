using Confluent.Kafka.Admin;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;

namespace StreamEngine.Stages.Tests.Kafka.Security;

/// <summary>That the log works over every kind of encryption and authentication that docs/kafka.md shows.</summary>
public sealed class SecureLogTests
{
    private readonly SecureKafka kafka = SecureKafka.Shared;

    [SkippableTheory]
    [InlineData(SecureListener.Tls, "")]
    [InlineData(SecureListener.MutualTls, "")]
    [InlineData(SecureListener.Sasl, "SCRAM-SHA-512")]
    [InlineData(SecureListener.SaslTls, "PLAIN")]
    [InlineData(SecureListener.SaslTls, "SCRAM-SHA-256")]
    [InlineData(SecureListener.SaslTls, "SCRAM-SHA-512")]
    public Task A_topic_is_made_written_in_a_transaction_and_read(SecureListener listener, string mechanism) => Works(listener, kafka.Settings(listener, mechanism));

    [SkippableFact]
    public Task A_locked_key_is_opened_by_its_password()
    {
        Dictionary<string, string> settings = kafka.Settings(SecureListener.MutualTls);
        (settings["ssl.certificate.location"], settings["ssl.key.location"]) = kafka.LockedClient;
        settings["ssl.key.password"] = SecureKafka.KeyPassword;
        return Works(SecureListener.MutualTls, settings);
    }

    private async Task Works(SecureListener listener, Dictionary<string, string> settings)
    {
        using var pipeline = new SecurePipeline(kafka.Bootstrap(listener), settings);
        foreach (string prefix in (string[])[pipeline.OutputPrefix, pipeline.OwnName]) kafka.Allow(SecureKafka.User, AclOperation.All, ResourceType.Topic, prefix);
        kafka.Allow(SecureKafka.User, AclOperation.All, SecureKafka.TransactionalId, pipeline.OwnName);
        TopicInfo topic = pipeline.Log.Create(new TopicSpec(pipeline.OutputPrefix, 1));

        using (TestTask task = await pipeline.NewTask(pipeline.Start()).BeginAsync()) await task.CommitAsync(topic, 0, new TestRecord("a", "1"), new TestRecord("b", "2"));

        Assert.Equal(["1", "2"], pipeline.Read(topic));
        Assert.Equal("1", Assert.Single(pipeline.Log.Positions(pipeline.Name)).Position.Position.At);
        Assert.DoesNotContain(pipeline.Logged, line => line.Contains("-pass-4711", StringComparison.Ordinal));
    }
}
