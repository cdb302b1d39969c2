using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Settings;

/// <summary>Blocks whose keys are a library's own.</summary>
public sealed class PassThroughTests
{
    [Fact]
    public void Allowed_keys_reach_the_Kafka_client_by_its_own_names_however_they_are_written()
    {
        EngineSettings settings = EngineSettings.Parse(
            """stream-engine.log.kafka.client { bootstrap.servers = "a:9092,b:9092", "security.protocol" = SASL_SSL, sasl { mechanism = PLAIN, username = u }, linger.ms = 5 }""", "test.conf");

        Assert.Equal(
            "bootstrap.servers=a:9092,b:9092;linger.ms=5;sasl.mechanism=PLAIN;sasl.username=u;security.protocol=SASL_SSL",
            string.Join(';', settings.Log.Kafka.Client.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => $"{key.Key}={key.Value}")));
    }

    [Fact]
    public void Named_clusters_have_clients_of_their_own_whose_secrets_and_files_are_found_where_they_are_said_to_be()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("password"), "hunter2\n");
        File.WriteAllText(folder.Combine("ca.pem"), "a certificate");
        File.WriteAllText(folder.Combine("settings.conf"), """
            stream-engine.clusters {
              central.client { bootstrap.servers = "central:9093", ssl.ca.location = ca.pem, sasl.password { file = password } }
              edge.transaction.timeout = 31s
              edge.client { bootstrap.servers = "edge:9092", ssl.ca.location = probe }
            }
            """);

        EngineSettings settings = EngineSettings.Load(new SettingsSources { Files = [folder.Combine("settings.conf")] });

        Assert.Equal(["central", "edge"], settings.Clusters.Keys.Order());
        Assert.Equal(
            new Dictionary<string, string> { ["bootstrap.servers"] = "central:9093", ["ssl.ca.location"] = folder.Combine("ca.pem"), ["sasl.password"] = "hunter2" },
            settings.Clusters["central"].Client);
        Assert.Equal((60, 31), ((int)settings.Clusters["central"].TransactionTimeout.TotalSeconds, (int)settings.Clusters["edge"].TransactionTimeout.TotalSeconds));
        Assert.Equal("probe", settings.Clusters["edge"].Client["ssl.ca.location"]);
        Assert.DoesNotContain("hunter2", HoconWriter.ToHocon(settings.Resolved, new HoconRendering { IsSecret = SecretPaths.Of(settings) }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_on_Kafka_is_set_in_full_or_as_the_reference_has_it()
    {
        const string cluster = "stream-engine.log { kind = kafka, kafka.client.bootstrap.servers = \"a:9092\" }";
        KafkaLogSettings otherwise = EngineSettings.Parse(cluster, "test.conf").Log.Kafka;
        KafkaLogSettings given = EngineSettings.Parse(
            $$"""
            {{cluster}}
            stream-engine.log.kafka { transaction.timeout = 31s, heartbeat { interval = 1s, timeout = 7s }, create-topics = on, replication-factor = 3 }
            """, "test.conf").Log.Kafka;

        Assert.Equal((60, 3, 15, false, -1), ((int)otherwise.TransactionTimeout.TotalSeconds, otherwise.HeartbeatInterval.Seconds, otherwise.HeartbeatTimeout.Seconds, otherwise.CreateTopics, otherwise.ReplicationFactor));
        Assert.Equal((31, 1, 7, true, 3), ((int)given.TransactionTimeout.TotalSeconds, given.HeartbeatInterval.Seconds, given.HeartbeatTimeout.Seconds, given.CreateTopics, given.ReplicationFactor));
        Assert.True(EngineSettings.Parse(cluster, "test.conf").Log.IsKafka);
        Assert.False(EngineSettings.Load().Log.IsKafka);
    }

    [Fact]
    public void A_pipeline_whose_code_makes_its_epochs_longer_than_transactions_is_refused()
    {
        EngineSettings settings = EngineSettings.Parse("stream-engine.log { kind = kafka, kafka.client.bootstrap.servers = \"a:9092\" }", "test.conf");
        var pipeline = new PipelineBuilder("slow");
        pipeline.From(new FakeSystem().AsSource()).To(Topic.Of<string, string>("out"));

        Problem problem = Assert.Single(Assert.Throws<ProblemException>(() => settings.Plan(pipeline.Set("commit.interval", "1m").Build("."))).Problems);

        Assert.Equal(ProblemCodes.Conflict, problem.Code);
        Assert.Contains("pipeline slow", problem.Place.Origin, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plugin.library.paths = /tmp/evil.so", "it loads code")]
    [InlineData("sasl.kerberos.kinit.cmd = \"rm -rf /\"", "it runs a command")]
    [InlineData("test.mock.num.brokers = 3", "a cluster that isn't there")]
    [InlineData("enable.ssl.certificate.verification = false", "anybody can be the broker")]
    [InlineData("ssl.endpoint.identification.algorithm = none", "can be the broker")]
    [InlineData("sasl.oauthbearer.token.endpoint.url = \"http://169.254.169.254\"", "by https only")]
    [InlineData("sasl.oauthbearer.token.endpoint.url = \"file:///etc/passwd\"", "by https only")]
    [InlineData("allow.auto.create.topics = true", "misspelt name")]
    [InlineData("message.timeout.ms = 900000", "a transaction that is over")]
    [InlineData("sasl.oauthbearer.metadata.authentication.type = azure_imds", "metadata service")]
    [InlineData("debug = all", "secrets among it")]
    [InlineData("enable.auto.commit = true", "committed with what was made of the records")]
    [InlineData("transactional.id = x", "made of the pipeline's and the task's names")]
    [InlineData("bootstrap.server = a", "did you mean stream-engine.log.kafka.client.bootstrap.servers?")]
    [InlineData("sasl.pasword = a", "did you mean stream-engine.log.kafka.client.sasl.password?")]
    public void A_key_that_would_do_harm_or_is_none_is_not_passed_on(string key, string reason)
    {
        Problem problem = Assert.Single(Assert.Throws<ProblemException>(() => EngineSettings.Parse($"stream-engine.log.kafka.client.{key}", "test.conf")).Problems);

        Assert.Equal(ProblemCodes.NotPassedOn, problem.Code);
        Assert.Contains(reason, problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_key_is_not_both_allowed_and_refused(string key) =>
        Assert.DoesNotContain(key, PassThroughs.Kafka.Allowed.Concat(PassThroughs.Akka.Allowed));

    public static TheoryData<string> Refusals => [.. PassThroughs.Kafka.Refused.Keys.Concat(PassThroughs.Akka.Refused.Keys)];
}
