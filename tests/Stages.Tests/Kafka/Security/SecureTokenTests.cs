using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;

namespace StreamEngine.Stages.Tests.Kafka.Security;

/// <summary>That whoever is to come in by tokens, and gets none, learns why.</summary>
public sealed class SecureTokenTests
{
    private const string Secret = "canary-4711", Endpoint = "sasl.oauthbearer.token.endpoint.url";

    private readonly SecureKafka kafka = SecureKafka.Shared;

    [SkippableTheory]
    [InlineData("")]
    [InlineData("default")]
    public void Tokens_that_come_from_nowhere_are_refused_at_once(string method)
    {
        using var pipeline = new SecurePipeline(kafka.Bootstrap(SecureListener.SaslTls), Settings());
        if (method.Length > 0) pipeline.Client["sasl.oauthbearer.method"] = method;
        else pipeline.Client.Remove("sasl.oauthbearer.method");

        EngineException error = Assert.Throws<EngineException>(() => pipeline.Log.Find("orders"));

        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.Contains("sasl.oauthbearer.method = oidc", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_token_endpoint_that_does_not_answer_is_named_and_may_come_back()
    {
        using var pipeline = new SecurePipeline(kafka.Bootstrap(SecureListener.SaslTls), Settings());

        EngineException error = Assert.Throws<EngineException>(() => pipeline.Log.Find("orders"));

        Assert.Equal(ErrorDomain.External, error.Domain);
        Assert.Contains("token", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Endpoint, error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain([error.ToString(), .. pipeline.Logged], text => text.Contains(Secret, StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_token_endpoint_is_asked_by_https_only()
    {
        Dictionary<string, string> settings = Settings();
        settings["bootstrap.servers"] = kafka.Bootstrap(SecureListener.SaslTls);
        KafkaClientKeys.Check(settings, "clusters.central");
        settings[Endpoint] = "http://127.0.0.1:1/token";

        EngineException error = Assert.Throws<EngineException>(() => KafkaClientKeys.Check(settings, "clusters.central"));

        Assert.Contains(Endpoint, error.Message, StringComparison.Ordinal);
        Assert.Contains("https", error.Remedy, StringComparison.Ordinal);
    }

    /// <summary>Settings for tokens from an endpoint where nobody listens.</summary>
    private Dictionary<string, string> Settings()
    {
        Dictionary<string, string> settings = kafka.Settings(SecureListener.SaslTls, "OAUTHBEARER");
        settings.Remove("sasl.username");
        settings.Remove("sasl.password");
        settings["sasl.oauthbearer.method"] = "oidc";
        settings[Endpoint] = "https://127.0.0.1:1/token";
        settings["sasl.oauthbearer.client.id"] = "engine";
        settings["sasl.oauthbearer.client.secret"] = Secret;
        return settings;
    }
}
