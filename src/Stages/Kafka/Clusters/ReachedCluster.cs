using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Kafka.Clusters;

/// <summary>A cluster that has let a client in and answered it.</summary>
/// <param name="Client">The client.</param>
/// <param name="Answer">The answer: its id, and its brokers.</param>
internal sealed record ReachedCluster(IAdminClient Client, DescribeClusterResult Answer) : IDisposable
{
    private const string OAuthBearer = "OAUTHBEARER";

    /// <summary>How long another broker, or the next attempt, may still let the client in after an error that no repetition mends.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>The same after what may be a wrong protocol, and may be a broker that is just being started.</summary>
    private static readonly TimeSpan GuessGrace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>The cluster's own id.</summary>
    public string Id => Answer.ClusterId;

    /// <summary>Makes a client and waits for a first answer, as long as there can be one: a wrong password doesn't become right by waiting.</summary>
    /// <param name="client">Settings of clients, by librdkafka's names.</param>
    /// <param name="what">What the cluster is called in messages.</param>
    /// <param name="log">Takes what the client says.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <exception cref="EngineException">The settings can't be used, the cluster can't be reached, or doesn't let the client in.</exception>
    public static ReachedCluster Reach(IReadOnlyDictionary<string, string> client, string what, ClientLog log, TimeSpan timeout)
    {
        CheckTokens(client, what);
        var troubles = new ConnectionTroubles();
        IAdminClient admin = Make(client, what, log, troubles);
        Task<DescribeClusterResult> answer = admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = timeout });
        try
        {
            long hopelessSince = 0;
            long begin = Stopwatch.GetTimestamp();
            while (!answer.Wait(Look))
            {
                // A client that can't take the answer in disposes of itself, and never gives one.
                if (Stopwatch.GetElapsedTime(begin) > timeout + AdminCalls.TryTimeout) throw new KafkaFault((int)ErrorCode.Local_TimedOut, "the client gave no answer");
                if (troubles.Last is not { } cause) continue;
                bool isSure = ConnectionTroubles.IsOfSettings(cause);
                if (!isSure && !ConnectionTroubles.IsProtocol(cause.Message)) continue;
                if (hopelessSince == 0) hopelessSince = Stopwatch.GetTimestamp();
                else if (Stopwatch.GetElapsedTime(hopelessSince) > (isSure ? Grace : GuessGrace)) throw cause;
            }

            return new ReachedCluster(admin, answer.Result);
        }
        catch (Exception e) when (e is KafkaFault or AggregateException { InnerException: KafkaException })
        {
            // Freeing a client waits for its connections, which may be on their way into nothing.
            _ = Task.Run(admin.Dispose);
            if (troubles.Last is { } cause) throw KafkaErrors.Explain(cause, $"{what} can't be reached");
            if (e is KafkaFault fault) throw KafkaErrors.Explain(fault, $"{what} can't be reached");
            throw KafkaErrors.Explain((KafkaException)e.InnerException!, $"{what} can't be reached");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private static IAdminClient Make(IReadOnlyDictionary<string, string> client, string what, ClientLog log, ConnectionTroubles troubles)
    {
        try
        {
            return new AdminClientBuilder(ClientDefaults.Any(client))
                .SetLogHandler((_, line) =>
                {
                    troubles.Logged(line.Facility, line.Message);
                    log.Write((int)line.Level, line.Facility, line.Message);
                })
                .SetErrorHandler((_, error) =>
                {
                    troubles.Told(error.Code, error.Reason);
                    log.Error(error.Code, error.Reason);
                }).Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw KafkaErrors.CannotBeMade(what, e);
        }
    }

    /// <summary>Tokens come from an endpoint. What the library would do otherwise is wait for a token that nobody gives it.</summary>
    private static void CheckTokens(IReadOnlyDictionary<string, string> client, string what)
    {
        string mechanism = client.GetValueOrDefault("sasl.mechanism") ?? client.GetValueOrDefault("sasl.mechanisms") ?? "";
        if (!mechanism.Equals(OAuthBearer, StringComparison.OrdinalIgnoreCase)) return;
        if (string.Equals(client.GetValueOrDefault("sasl.oauthbearer.method"), "oidc", StringComparison.OrdinalIgnoreCase)) return;
        throw new EngineException(
            ErrorDomain.User,
            $"clients of {what} are to prove themselves by tokens (sasl.mechanism = {OAuthBearer}), and nothing says where tokens come from",
            "Set sasl.oauthbearer.method = oidc, with sasl.oauthbearer.token.endpoint.url, client.id and client.secret; docs/kafka.md shows it.");
    }
}
