using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Kafka.Commits;

/// <summary>The calls of a transaction that wait for the brokers, each within a deadline.</summary>
internal static class Transactions
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan InitTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InitWait = TimeSpan.FromMilliseconds(100);

    /// <summary>A producer of a transactional id: whoever used the id before is fenced, and what that left open is aborted.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="transactionalId">The id.</param>
    /// <param name="timeout">How long the brokers let a transaction of it stay open.</param>
    /// <exception cref="KafkaFault">The id couldn't be taken, or not in time.</exception>
    public static NativeProducer Take(KafkaCluster cluster, string transactionalId, TimeSpan timeout)
    {
        TimeSpan wait = InitWait;
        for (long until = Environment.TickCount64 + (long)InitTimeout.TotalMilliseconds; ; wait *= 2)
        {
            NativeProducer producer = cluster.NewProducer(transactionalId, timeout);
            try
            {
                // Without a connection the library asks for the coordinator at once, and again after half a second only.
                producer.Connect(ConnectTimeout);
                producer.InitTransactions(Within(wait, until));
                return producer;
            }
            catch (KafkaFault e) when (e.IsRetriable && !e.IsFatal && Environment.TickCount64 < until)
            {
                // The cluster still aborts what was left open, or is slow. The library asks again after half a second only: another producer asks sooner. Should a
                // request of this one still arrive, it fences the next, whose task then begins again.
                producer.Dispose();
            }
            catch
            {
                producer.Dispose();
                throw;
            }
        }
    }

    /// <summary>Commits. This call alone may be repeated when it had no answer; after any other error the producer is of no use any more.</summary>
    /// <returns>Whether it was repeated: what was sent first may still arrive, so the producer must not begin another transaction.</returns>
    /// <exception cref="KafkaFault">It wasn't committed, or nobody knows.</exception>
    public static bool Commit(NativeProducer producer, TimeSpan within)
    {
        long until = Environment.TickCount64 + (long)within.TotalMilliseconds;
        for (bool repeated = false; ; repeated = true)
        {
            try
            {
                producer.CommitTransaction(Within(Slice, until));
                return repeated;
            }
            catch (KafkaFault e) when (e.IsRetriable && !e.IsFatal && !e.RequiresAbort && Environment.TickCount64 < until)
            {
                // No answer yet: the same call goes on waiting for it.
            }
        }
    }

    private static TimeSpan Within(TimeSpan wait, long until) =>
        TimeSpan.FromMilliseconds(Math.Clamp(until - Environment.TickCount64, 1, wait.TotalMilliseconds));
}
