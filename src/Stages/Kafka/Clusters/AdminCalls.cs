using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Serilog;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Kafka.Clusters;

/// <summary>
/// Administrative calls of a cluster, each within <see cref="KafkaCluster.RequestTimeout"/>. The library sends them to the controller that it knew when it last asked,
/// and while that is gone it connects to it again and again without a pause: so a try is short, and the controller is asked for before the next. Thread-safe.
/// </summary>
/// <param name="settings">Settings of the client, by librdkafka's names.</param>
/// <param name="description">What the cluster is called in messages.</param>
/// <param name="logger">Takes what the client says.</param>
/// <param name="troubles">What clients of the cluster are told of their connections.</param>
internal sealed class AdminCalls(IReadOnlyDictionary<string, string> settings, string description, ILogger logger, ConnectionTroubles troubles) : IDisposable
{
    /// <summary>How long one try may take.</summary>
    public static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ElectionPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private ReachedCluster? reached;
    private (EngineException Error, long At)? unreached;

    /// <summary>Waits before a try that follows another: while a leader or controller is elected, asking without a pause would only keep the brokers busy.</summary>
    public static void Pause() => Thread.Sleep(ElectionPause);

    /// <summary>The cluster once it has answered. Who waits while another tries in vain gets the same error.</summary>
    /// <exception cref="EngineException">It can't be reached.</exception>
    public ReachedCluster Reached()
    {
        if (Volatile.Read(ref reached) is { } known) return known;
        long asked = Environment.TickCount64;
        lock (gate)
        {
            if (reached is not null) return reached;
            if (unreached is { } other && other.At > asked) throw new EngineException(other.Error.Domain, other.Error.Message, other.Error.Remedy, other.Error);
            try
            {
                var log = new ClientLog(logger, $"admin of {settings.GetValueOrDefault("bootstrap.servers")}", troubles: troubles);
                return reached = ReachedCluster.Reach(settings, description, log, KafkaCluster.RequestTimeout);
            }
            catch (EngineException e)
            {
                unreached = (e, Environment.TickCount64);
                throw;
            }
        }
    }

    /// <summary>What the client knows of the cluster, asked anew.</summary>
    /// <param name="topic">One topic; null for all.</param>
    /// <exception cref="EngineException">There was no answer.</exception>
    public Metadata Metadata(string? topic = null)
    {
        IAdminClient client = Reached().Client;
        try
        {
            return topic is null ? client.GetMetadata(KafkaCluster.RequestTimeout) : client.GetMetadata(topic, KafkaCluster.RequestTimeout);
        }
        catch (KafkaException e)
        {
            throw Explain(e, $"{description} was asked for its topics");
        }
    }

    /// <summary>Asks for something.</summary>
    /// <param name="what">What, for messages.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="EngineException">There was no answer, or a refusal.</exception>
    public T Ask<T>(string what, Func<IAdminClient, Task<T>> call)
    {
        try
        {
            return Repeat(call, NotAnswered);
        }
        catch (KafkaException e)
        {
            throw Explain(e, $"{description} was asked for {what}");
        }
    }

    /// <summary>Changes one thing, which does nothing more when it is done twice.</summary>
    /// <param name="failure">What can't be done when it fails, for messages.</param>
    /// <param name="call">The call.</param>
    /// <param name="answers">Errors that are answers.</param>
    /// <returns>The answer; <see cref="ErrorCode.NoError"/> when it was done.</returns>
    /// <exception cref="EngineException">It wasn't done.</exception>
    public ErrorCode Change(string failure, Func<IAdminClient, Task> call, params ReadOnlySpan<ErrorCode> answers) => Act(failure, call, NotAnswered, answers);

    /// <summary>Makes one thing: that isn't tried again once somebody may have heard of it.</summary>
    /// <inheritdoc cref="Change"/>
    public ErrorCode Make(string failure, Func<IAdminClient, Task> call, params ReadOnlySpan<ErrorCode> answers) => Act(failure, call, NotSent, answers);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate) reached?.Dispose();
    }

    private ErrorCode Act(string failure, Func<IAdminClient, Task> call, Func<Error, bool> mayRepeat, ReadOnlySpan<ErrorCode> answers)
    {
        try
        {
            return Repeat(
                async client =>
                {
                    await call(client).ConfigureAwait(false);
                    return ErrorCode.NoError;
                },
                mayRepeat);
        }
        catch (KafkaException e)
        {
            Error error = Told(e);
            return answers.Contains(error.Code) ? error.Code : throw KafkaErrors.Explain(error.Code, error.Reason, failure, e, troubles.Last);
        }
    }

    /// <param name="call">The call.</param>
    /// <param name="mayRepeat">Whether a failure lets it be made again.</param>
    private T Repeat<T>(Func<IAdminClient, Task<T>> call, Func<Error, bool> mayRepeat)
    {
        long until = Environment.TickCount64 + (long)KafkaCluster.RequestTimeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                return call(Reached().Client).GetAwaiter().GetResult();
            }
            catch (KafkaException e) when (mayRepeat(e.Error) && Environment.TickCount64 < until)
            {
                FindController();
            }
        }
    }

    private void FindController()
    {
        try
        {
            Pause();
            Reached().Client.GetMetadata(TryTimeout);
        }
        catch (KafkaException)
        {
            // The call itself says what is wrong.
        }
    }

    private EngineException Explain(KafkaException error, string where) => KafkaErrors.Explain(error, where, troubles.Last);

    private static bool NotAnswered(Error error) => error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.NotController;

    /// <summary>Whether nobody can have heard of the call.</summary>
    private static bool NotSent(Error error) =>
        error.Code == ErrorCode.NotController || (error.Code == ErrorCode.Local_TimedOut && error.Reason.Contains("waiting for controller", StringComparison.Ordinal));

    /// <summary>What was told of the one thing that a call was about; where nothing was, of the call.</summary>
    private static Error Told(KafkaException error) => error switch
    {
        CreateTopicsException { Results: [{ } topic, ..] } => topic.Error,
        DeleteTopicsException { Results: [{ } topic, ..] } => topic.Error,
        DeleteRecordsException { Results: [{ } partition, ..] } => partition.Error,
        DeleteGroupsException { Results: [{ } deleted, ..] } => deleted.Error,
        _ => error.Error,
    };
}
