using StreamEngine.Diagnostics;
using StreamEngine.Settings;

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
            string.Join(';', settings.Log.KafkaClient.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => $"{key.Key}={key.Value}")));
    }

    [Theory]
    [InlineData("plugin.library.paths = /tmp/evil.so", "it loads code")]
    [InlineData("sasl.kerberos.kinit.cmd = \"rm -rf /\"", "it runs a command")]
    [InlineData("test.mock.num.brokers = 3", "a cluster that isn't there")]
    [InlineData("enable.ssl.certificate.verification = false", "anybody can be the broker")]
    [InlineData("sasl.oauthbearer.token.endpoint.url = \"http://169.254.169.254\"", "whatever host is written there")]
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
