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

    /// <summary>Longer than any call takes that is answered: the library gives up by itself before.</summary>
    private static readonly TimeSpan NeverAnswered = KafkaCluster.RequestTimeout + TryTimeout;

    private static readonly TimeSpan ElectionPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly Lock useGate = new();
    private ReachedCluster? reached;
    private (EngineException Error, long At)? unreached;
    private int users;
    private bool disposed;

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
        try
        {
            return Use(client => topic is null ? client.GetMetadata(KafkaCluster.RequestTimeout) : client.GetMetadata(topic, KafkaCluster.RequestTimeout));
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

    /// <summary>Frees the client; while somebody is inside a call, that is left to whoever comes out last.</summary>
    public void Dispose()
    {
        lock (useGate)
        {
            if (disposed) return;
            disposed = true;
            if (users > 0) return;
        }

        reached?.Dispose();
    }

    /// <summary>Uses the client, which isn't freed meanwhile.</summary>
    private T Use<T>(Func<IAdminClient, T> use)
    {
        lock (useGate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            users++;
        }

        try
        {
            return use(Reached().Client);
        }
        finally
        {
            bool isLast;
            lock (useGate) isLast = --users == 0 && disposed;
            if (isLast) reached?.Dispose();
        }
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
                return Use(client => Answer(client, call));
            }
            catch (KafkaException e) when (mayRepeat(e.Error) && Environment.TickCount64 < until)
            {
                FindController();
            }
        }
    }

    /// <summary>
    /// Waits for an answer. Confluent.Kafka's client disposes of itself, and leaves calls without an answer, when it can't take one in: then the next call gets another.
    /// </summary>
    private T Answer<T>(IAdminClient client, Func<IAdminClient, Task<T>> call)
    {
        try
        {
            return call(client).WaitAsync(NeverAnswered).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is TimeoutException or ObjectDisposedException)
        {
            lock (gate)
            {
                if (reached?.Client == client) reached = null;
            }

            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "the client can't take answers in any more, and is made anew"), e);
        }
    }

    private void FindController()
    {
        try
        {
            Pause();
            Use(client => client.GetMetadata(TryTimeout));
        }
        catch (KafkaException)
        {
            // The call itself says what is wrong.
        }
    }

    private EngineException Explain(KafkaException error, string where) => KafkaErrors.Explain(error, where, troubles.Last);

    private static bool NotAnswered(Error error) => error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_DestroyBroker or ErrorCode.NotController;

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
