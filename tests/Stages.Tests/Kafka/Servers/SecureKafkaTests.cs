using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamEngine.Conformance.Kafka;

namespace StreamEngine.Stages.Tests.Kafka.Servers;

/// <summary>That a broker lets in who has the right credentials and nobody else, and that rights can be given and taken away.</summary>
public sealed class SecureKafkaTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly SecureKafka kafka = SecureKafka.Shared;
    private readonly string topic = $"secure-{Guid.NewGuid():N}";

    [SkippableTheory]
    [InlineData(SecureListener.Tls, "")]
    [InlineData(SecureListener.MutualTls, "")]
    [InlineData(SecureListener.Sasl, "PLAIN")]
    [InlineData(SecureListener.Sasl, "SCRAM-SHA-256")]
    [InlineData(SecureListener.Sasl, "SCRAM-SHA-512")]
    [InlineData(SecureListener.SaslTls, "PLAIN")]
    [InlineData(SecureListener.SaslTls, "SCRAM-SHA-256")]
    [InlineData(SecureListener.SaslTls, "SCRAM-SHA-512")]
    public void Who_has_the_right_credentials_comes_in(SecureListener listener, string mechanism)
    {
        var client = new KafkaTestClient(kafka.Bootstrap(listener), kafka.Settings(listener, mechanism));
        kafka.Allow(SecureKafka.User, AclOperation.All, ResourceType.Topic, topic);
        client.CreateTopic(topic);
        client.Produce(topic, [new KafkaTestRecord("a", "1")]);
        Assert.Equal(["1"], client.ReadCommitted(topic).Select(record => record.Value));
    }

    [SkippableFact]
    public void A_key_that_is_locked_is_opened_by_its_password_and_by_no_other()
    {
        Dictionary<string, string> settings = kafka.Settings(SecureListener.MutualTls);
        (settings["ssl.certificate.location"], settings["ssl.key.location"]) = kafka.LockedClient;
        settings["ssl.key.password"] = SecureKafka.KeyPassword;
        Assert.NotEmpty(Brokers(SecureListener.MutualTls, settings));
        settings["ssl.key.password"] = "wrong";
        Assert.Throws<InvalidOperationException>(() => Brokers(SecureListener.MutualTls, settings));
    }

    [SkippableTheory]
    [InlineData(SecureListener.Sasl, "PLAIN")]
    [InlineData(SecureListener.Sasl, "SCRAM-SHA-256")]
    [InlineData(SecureListener.SaslTls, "PLAIN")]
    [InlineData(SecureListener.SaslTls, "SCRAM-SHA-512")]
    public void A_wrong_password_and_an_unknown_user_are_authentication_errors(SecureListener listener, string mechanism)
    {
        Dictionary<string, string> settings = kafka.Settings(listener, mechanism);
        settings["sasl.password"] = "wrong";
        Assert.Equal(ErrorCode.Local_Authentication, Refused(listener, settings).Code);
        settings["sasl.username"] = "nobody";
        Assert.Equal(ErrorCode.Local_Authentication, Refused(listener, settings).Code);
    }

    [SkippableFact]
    public void A_broker_of_an_unknown_authority_is_a_TLS_error()
    {
        Dictionary<string, string> settings = kafka.Settings(SecureListener.Tls);
        settings["ssl.ca.location"] = kafka.OtherAuthorityFile;
        Error error = Refused(SecureListener.Tls, settings);
        Assert.Equal(ErrorCode.Local_Ssl, error.Code);
        Assert.Contains("certificate verify failed", error.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_broker_with_the_certificate_of_another_host_is_a_TLS_error()
    {
        Error error = Refused(SecureListener.OtherHost, kafka.Settings(SecureListener.OtherHost));
        Assert.Equal(ErrorCode.Local_Ssl, error.Code);
        Assert.Contains("certificate verify failed", error.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_client_without_a_certificate_or_with_a_strangers_loses_its_connection_to_an_alert()
    {
        // By TLS 1.3 the broker looks at the client's certificate when the client has done its part: the alert comes on a connection that stands.
        Dictionary<string, string> settings = kafka.Settings(SecureListener.Tls);
        Error missing = Refused(SecureListener.MutualTls, settings);
        (settings["ssl.certificate.location"], settings["ssl.key.location"]) = kafka.Stranger;
        Error strange = Refused(SecureListener.MutualTls, settings);
        Assert.Equal((ErrorCode.Local_Transport, ErrorCode.Local_Transport), (missing.Code, strange.Code));
        Assert.Contains("alert", missing.Reason, StringComparison.Ordinal);
        Assert.Contains("alert", strange.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_right_is_given_and_taken_away()
    {
        new KafkaTestClient(kafka.Servers.Bootstrap).CreateTopic(topic);
        var client = new KafkaTestClient(kafka.Bootstrap(SecureListener.SaslTls), kafka.Settings(SecureListener.SaslTls));
        kafka.Allow(SecureKafka.User, AclOperation.Describe, ResourceType.Topic, topic);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, Assert.Throws<KafkaException>(() => client.Produce(topic, [new KafkaTestRecord("a", "1")])).Error.Code);
        kafka.Allow(SecureKafka.User, AclOperation.Write, ResourceType.Topic, topic);
        client.Produce(topic, [new KafkaTestRecord("a", "2")]);
        kafka.Forbid(SecureKafka.User, AclOperation.Write, ResourceType.Topic, topic);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, Assert.Throws<KafkaException>(() => client.Produce(topic, [new KafkaTestRecord("a", "3")])).Error.Code);
        Assert.Equal(["2"], new KafkaTestClient(kafka.Servers.Bootstrap).ReadCommitted(topic).Select(record => record.Value));
    }

    [SkippableFact]
    public void A_transactional_id_needs_a_right_of_its_own()
    {
        kafka.Allow(SecureKafka.User, AclOperation.All, ResourceType.Topic, topic);
        var client = new KafkaTestClient(kafka.Bootstrap(SecureListener.SaslTls), kafka.Settings(SecureListener.SaslTls));
        client.CreateTopic(topic);
        KafkaException e = Assert.Throws<KafkaException>(() => client.ProduceTransaction(topic, topic, [new KafkaTestRecord("a", "1")]));
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, e.Error.Code);
        kafka.Allow(SecureKafka.User, AclOperation.All, SecureKafka.TransactionalId, topic);
        client.ProduceTransaction(topic, topic, [new KafkaTestRecord("a", "2")]);
        Assert.Equal(["2"], client.ReadCommitted(topic).Select(record => record.Value));
    }

    [SkippableFact]
    public void The_right_of_one_user_is_none_of_anothers()
    {
        kafka.Allow(SecureKafka.User, AclOperation.All, ResourceType.Topic, topic);
        new KafkaTestClient(kafka.Bootstrap(SecureListener.Sasl), kafka.Settings(SecureListener.Sasl)).CreateTopic(topic);
        Dictionary<string, string> settings = kafka.Settings(SecureListener.Sasl);
        (settings["sasl.username"], settings["sasl.password"]) = (SecureKafka.OtherUser, SecureKafka.PasswordOf(SecureKafka.OtherUser));
        Assert.DoesNotContain(topic, new KafkaTestClient(kafka.Bootstrap(SecureListener.Sasl), settings).Topics());
    }

    [SkippableFact]
    public void A_password_that_was_changed_is_the_one_that_counts()
    {
        string user = $"user-{Guid.NewGuid():N}";
        Dictionary<string, string> settings = kafka.Settings(SecureListener.Sasl);
        (settings["sasl.username"], settings["sasl.password"]) = (user, "first");
        kafka.SetPassword(user, "first");
        Assert.True(SpinWait.SpinUntil(() => Outcome(SecureListener.Sasl, settings) is null, Deadline));
        kafka.SetPassword(user, "second");
        Assert.True(SpinWait.SpinUntil(() => Outcome(SecureListener.Sasl, settings)?.Code == ErrorCode.Local_Authentication, Deadline));
    }

    [SkippableFact]
    public void Kafkas_tools_come_in_with_a_file_of_settings()
    {
        kafka.Allow(SecureKafka.User, AclOperation.All, ResourceType.Topic, topic);
        var tools = new KafkaTools(kafka.Bootstrap(SecureListener.SaslTls), kafka.WriteCommandConfig());
        tools.Topics("--create", "--topic", topic, "--partitions", "1");
        tools.Produce(topic, "a\t1");
        Assert.Contains(topic, tools.Topics("--list"), StringComparison.Ordinal);
        Assert.Contains($"User:{SecureKafka.User}", new KafkaTools(kafka.Servers.Bootstrap).Acls("--list", "--topic", topic, "--resource-pattern-type", "prefixed"), StringComparison.Ordinal);
    }

    /// <summary>The brokers that a client is told of, who comes in with these settings.</summary>
    private IEnumerable<string> Brokers(SecureListener listener, Dictionary<string, string> settings)
    {
        using IAdminClient admin = Admin(listener, settings, _ => { });
        return admin.GetMetadata(Deadline).Brokers.Select(broker => $"{broker.Host}:{broker.Port}");
    }

    /// <summary>Why a client isn't let in with these settings.</summary>
    private Error Refused(SecureListener listener, Dictionary<string, string> settings) =>
        Outcome(listener, settings) ?? throw new InvalidOperationException("it was let in");

    /// <summary>Why a client isn't let in with these settings; null when it is.</summary>
    private Error? Outcome(SecureListener listener, Dictionary<string, string> settings)
    {
        // Whoever waits for metadata hears that time is up; why, the handler of errors hears.
        var errors = new BlockingCollection<Error>();
        using IAdminClient admin = Admin(listener, settings, error =>
        {
            if (error.Code != ErrorCode.Local_AllBrokersDown) errors.Add(error);
        });
        try
        {
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count > 0 ? null : throw new InvalidOperationException("there are no brokers");
        }
        catch (KafkaException)
        {
            return errors.TryTake(out Error? error, Deadline) ? error : throw new InvalidOperationException("the client says of no error");
        }
    }

    private IAdminClient Admin(SecureListener listener, Dictionary<string, string> settings, Action<Error> onError) =>
        new AdminClientBuilder(new AdminClientConfig(new Dictionary<string, string>(settings)) { BootstrapServers = kafka.Bootstrap(listener) })
            .SetErrorHandler((_, error) => onError(error)).SetLogHandler((_, _) => { }).Build();
}
