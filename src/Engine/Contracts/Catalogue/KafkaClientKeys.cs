using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Contracts.Catalogue;

/// <summary>Which settings of librdkafka a user may give to clients of a Kafka cluster: those that load no code, read no secret and undo nothing that the engine relies on.</summary>
public static class KafkaClientKeys
{
    /// <summary>The setting that says where a cluster is.</summary>
    public const string Servers = "bootstrap.servers";

    /// <summary>Checks what is given in code, as <c>stream-engine.clusters</c> is checked in settings.</summary>
    /// <param name="client">The settings, by librdkafka's names.</param>
    /// <param name="cluster">What messages call the cluster.</param>
    /// <exception cref="EngineException">One isn't passed on, a file is missing, or nothing says where the cluster is.</exception>
    public static void Check(IReadOnlyDictionary<string, string> client, string cluster)
    {
        ArgumentNullException.ThrowIfNull(client);
        PassThrough allowed = PassThroughs.Kafka;
        foreach ((string key, string value) in client)
        {
            if (allowed.RefusalOf(key, cluster) is { } refusal) throw new EngineException(ErrorDomain.User, refusal.Text, refusal.Remedy);
            if (allowed.Files.Contains(key) && value != "probe" && !Path.Exists(value))
            {
                throw new EngineException(ErrorDomain.User, $"{cluster}.{key}: there is no file {value}", "Name a file that is there.");
            }

            if (allowed.Endpoints.Contains(key) && !(Uri.TryCreate(value, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttps))
            {
                throw new EngineException(ErrorDomain.User, $"{cluster}.{key} is not passed on to {allowed.Library}: it is asked by https only", "Give a URL that begins with https://.");
            }
        }

        if (string.IsNullOrWhiteSpace(client.GetValueOrDefault(Servers)))
        {
            throw new EngineException(ErrorDomain.User, $"{cluster}.{Servers} must say where the cluster is", "Give some of its brokers, HOST:PORT with commas between them.");
        }
    }
}
