using System.Diagnostics;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;

namespace StreamEngine.Stages.Tests.Kafka.Security;

/// <summary>That whoever isn't let in learns why, and soon, and reads no secret there.</summary>
public sealed class SecureRefusalTests
{
    private const string Canary = "canary-4711";

    private readonly SecureKafka kafka = SecureKafka.Shared;

    /// <summary>Each wrong thing, where it is wrong, and what the error has to say and to advise.</summary>
    public static TheoryData<string, SecureListener, string, string> Wrongs => new()
    {
        { "a wrong password by PLAIN", SecureListener.SaslTls, "Authentication failed", "sasl.password" },
        { "a wrong password by SCRAM", SecureListener.SaslTls, "Authentication failed", "sasl.password" },
        { "a wrong password without TLS", SecureListener.Sasl, "Authentication failed", "sasl.password" },
        { "an unknown user", SecureListener.SaslTls, "Authentication failed", "sasl.username" },
        { "an unsupported mechanism", SecureListener.Sasl, "CRAM-MD5", "sasl.mechanism" },
        { "an untrusted authority", SecureListener.Tls, "certificate verify failed", "ssl.ca.location" },
        { "no authority", SecureListener.Tls, "certificate verify failed", "ssl.ca.location" },
        { "another host's certificate", SecureListener.OtherHost, "certificate verify failed", "bootstrap.servers" },
        { "no certificate", SecureListener.MutualTls, "alert", "ssl.certificate.location" },
        { "a stranger's certificate", SecureListener.MutualTls, "alert", "ssl.certificate.location" },
        { "a key that another password opens", SecureListener.MutualTls, "ssl.key.location", "ssl.key.password" },
        { "a missing file", SecureListener.Tls, "ssl.ca.location", "ssl.ca.location" },
        { "no encryption where TLS is spoken", SecureListener.Tls, "connection closed by peer", "security.protocol" },
        { "TLS where none is spoken", SecureListener.Sasl, "SSL handshake failed", "security.protocol" },
        { "no authentication where it is asked for", SecureListener.Sasl, "connection closed by peer", "security.protocol" },
    };

    [SkippableTheory]
    [MemberData(nameof(Wrongs))]
    public void Who_is_not_let_in_learns_why_and_soon(string wrong, SecureListener listener, string says, string advises)
    {
        using var pipeline = new SecurePipeline(kafka.Bootstrap(listener), Settings(wrong, listener));
        long begin = Stopwatch.GetTimestamp();

        EngineException error = Assert.Throws<EngineException>(() => pipeline.Log.Find("orders"));

        Assert.True(Stopwatch.GetElapsedTime(begin) < KafkaCluster.RequestTimeout, $"it took {Stopwatch.GetElapsedTime(begin)}: {error}\n{string.Join('\n', pipeline.Logged)}");
        AssertTells(error, says, advises);
        EngineException looked = Assert.Throws<EngineException>(() => ClusterLook.At(pipeline.Client));
        AssertTells(looked, says, advises);
        Assert.DoesNotContain([error.ToString(), looked.ToString(), .. pipeline.Logged], IsSecret);
    }

    private static void AssertTells(EngineException error, string says, string advises)
    {
        // A connection that is closed without a word may be a broker's that is just being started.
        Assert.Equal(advises == "security.protocol" ? ErrorDomain.External : ErrorDomain.User, error.Domain);
        Assert.Contains(says, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(advises, error.Remedy, StringComparison.Ordinal);
        Assert.Contains("the Kafka cluster at 127.0.0.1:", error.Message, StringComparison.Ordinal);
    }

    private static bool IsSecret(string text) => text.Contains(Canary, StringComparison.Ordinal) || text.Contains("-pass-4711", StringComparison.Ordinal);

    /// <summary>The settings of a listener, with one of them wrong.</summary>
    private Dictionary<string, string> Settings(string wrong, SecureListener listener)
    {
        Dictionary<string, string> right = kafka.Settings(listener, wrong.EndsWith("PLAIN", StringComparison.Ordinal) ? "PLAIN" : "SCRAM-SHA-512");
        Dictionary<string, string> With(params ReadOnlySpan<(string Key, string? Value)> changes)
        {
            foreach ((string key, string? value) in changes)
            {
                if (value is null) right.Remove(key);
                else right[key] = value;
            }

            return right;
        }

        return wrong switch
        {
            "an unknown user" => With(("sasl.username", "nobody"), ("sasl.password", Canary)),
            "an unsupported mechanism" => With(("sasl.mechanism", "CRAM-MD5"), ("sasl.password", Canary)),
            "an untrusted authority" => With(("ssl.ca.location", kafka.OtherAuthorityFile)),
            "no authority" => With(("ssl.ca.location", null)),
            "another host's certificate" => right,
            "no certificate" => With(("ssl.certificate.location", null), ("ssl.key.location", null)),
            "a stranger's certificate" => With(("ssl.certificate.location", kafka.Stranger.CertificateFile), ("ssl.key.location", kafka.Stranger.KeyFile)),
            "a key that another password opens" => With(
                ("ssl.certificate.location", kafka.LockedClient.CertificateFile), ("ssl.key.location", kafka.LockedClient.KeyFile), ("ssl.key.password", Canary)),
            "a missing file" => With(("ssl.ca.location", "/nowhere/ca.pem")),
            "no encryption where TLS is spoken" => With(("security.protocol", "plaintext")),
            "TLS where none is spoken" => With(("security.protocol", "sasl_ssl"), ("ssl.ca.location", kafka.AuthorityFile)),
            "no authentication where it is asked for" => With(("security.protocol", "plaintext")),
            _ => With(("sasl.password", Canary)),
        };
    }
}
