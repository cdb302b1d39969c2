using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// What a client tells besides what it was asked: lines for the log, lost connections, records that were not delivered. A consumer tells its errors by a callback
/// on the thread that polls; a producer by events, since it then hears at once that its last record was delivered, and not within 10 ms.
/// </summary>
/// <param name="log">Where lines and errors go.</param>
internal sealed class ClientEvents(ClientLog log)
{
    /// <summary>How grave lines are that are for developers.</summary>
    private const int Debug = 7;

    /// <summary>The identity of a topic that isn't known, as the library prints it.</summary>
    private const string NoId = "AAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>Grave enough to be seen, not more: errors of connections mend themselves.</summary>
    private const int Warning = 4;

    private KafkaFault? deliveryError;
    private KafkaFault? topicError;
    private KafkaFault? groupError;
    private readonly TransactionTroubles transaction = new();
    private int disconnected;

    /// <summary>The first record since the last call that was given up; null when there is none.</summary>
    public KafkaFault? TakeDeliveryError() => Interlocked.Exchange(ref deliveryError, null);

    /// <summary>
    /// Why a call fails that returned a fault: the record that was given up for it, or what became of the transaction before, where the client has told that; otherwise
    /// the fault itself.
    /// </summary>
    public KafkaFault Cause(KafkaFault fault)
    {
        if (transaction.Last is not { } failed || (fault.Code != ErrorCode.Local_State && fault.Code != failed.Code)) return fault;
        return Volatile.Read(ref deliveryError) is { } given && given.Code == failed.Code && failed.Code != ErrorCode.TopicAuthorizationFailed ? given : failed;
    }

    /// <summary>
    /// The first error since the last call that a partition can't be read for, as no other connection mends it: there is no such topic any more, or it may not
    /// be read; null when there is none. Its message names the partition.
    /// </summary>
    public KafkaFault? TakeTopicError() => topicError is null ? null : Interlocked.Exchange(ref topicError, null);

    /// <summary>That the consumer group may not be used, if that was told since the last call; null otherwise. Only who stores offsets for it needs to know.</summary>
    public KafkaFault? TakeGroupError() => Interlocked.Exchange(ref groupError, null);

    /// <summary>Whether a connection was lost or a request timed out since the last call.</summary>
    public bool TakeDisconnects() => Interlocked.Exchange(ref disconnected, 0) != 0;

    /// <summary>Logs that offsets weren't stored for a consumer group.</summary>
    public unsafe void OffsetsNotStored(int code) =>
        Line(Warning, "COMMIT", $"offsets for the consumer group weren't stored: {KafkaFault.Text(Librdkafka.ErrorText(code))}");

    /// <summary>Has a client's callbacks come here.</summary>
    /// <param name="conf">The client's configuration.</param>
    /// <param name="kind">What kind of client.</param>
    /// <param name="self">A handle of this object, which stays until the client is gone.</param>
    public static unsafe void Register(nint conf, int kind, GCHandle self)
    {
        Librdkafka.ConfSetOpaque(conf, GCHandle.ToIntPtr(self));
        Librdkafka.ConfSetLog(conf, &OnLog);
        if (kind == Librdkafka.Producer)
        {
            Librdkafka.ConfSetEvents(conf, Librdkafka.DeliveryEvent | Librdkafka.ErrorEvent);
            return;
        }

        Librdkafka.ConfSetError(conf, &OnError);
        Librdkafka.ConfSetOffsetCommit(conf, &OnOffsetCommit);
    }

    /// <summary>Takes an event of a producer's queue, and frees it.</summary>
    public unsafe void Take(nint told)
    {
        int kind = Librdkafka.EventType(told);
        if (kind == Librdkafka.ErrorEvent) Error(Librdkafka.EventError(told), KafkaFault.Text(Librdkafka.EventErrorString(told)));
        else if (kind == Librdkafka.DeliveryEvent) Delivery(told);
        Librdkafka.EventDestroy(told);
    }

    private static ClientEvents Of(nint opaque) => (ClientEvents)GCHandle.FromIntPtr(opaque).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnLog(nint client, int level, byte* facility, byte* text)
    {
        ClientEvents events = Of(Librdkafka.Opaque(client));
        string where = KafkaFault.Text(facility);

        // Not every lost connection and no request that timed out is told as an error: those that are retried are only logged.
        if (where is "FAIL" or "REQTMOUT" or "BRKDISCONN") Interlocked.Exchange(ref events.disconnected, 1);
        string line = KafkaFault.Text(text);
        events.transaction.Logged(where, line);
        if (level == Debug && IsNewIdentity(line)) Interlocked.CompareExchange(ref events.topicError, new KafkaFault((int)ErrorCode.UnknownTopicId, line), null);
        events.Line(level, where, line);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnError(nint client, int code, byte* reason, nint opaque)
    {
        Of(opaque).Error(code, KafkaFault.Text(reason));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnOffsetCommit(nint client, int code, RawPartitionList* offsets, nint opaque)
    {
        if (code is 0 or (int)ErrorCode.Local_NoOffset) return;
        if (code == (int)ErrorCode.GroupAuthorizationFailed) Of(opaque).Error(code, KafkaFault.Text(Librdkafka.ErrorText(code)));
        else Of(opaque).OffsetsNotStored(code);
    }

    /// <summary>
    /// Whether a line says that a topic has another identity than before. The library goes on reading such a topic at the old offsets, and tells it in no other way.
    /// </summary>
    private static bool IsNewIdentity(string line) =>
        line.Contains(" changed id from ", StringComparison.Ordinal) && !line.Contains($" from {NoId} to ", StringComparison.Ordinal);

    private void Error(int code, string text)
    {
        switch ((ErrorCode)code)
        {
            case ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_DestroyBroker or ErrorCode.Local_TimedOut or ErrorCode.Local_Resolve or ErrorCode.Local_Ssl
                or ErrorCode.Local_Authentication or ErrorCode.Local_TimedOutQueue:
                Interlocked.Exchange(ref disconnected, 1);
                break;

            case ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.UnknownTopicId
                or ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed:
                Interlocked.CompareExchange(ref topicError, new KafkaFault(code, text), null);
                break;

            // Every consumer has a group and asks for its coordinator, again and again; nearly none needs it.
            case ErrorCode.GroupAuthorizationFailed:
                Interlocked.CompareExchange(ref groupError, new KafkaFault(code, text), null);
                Line(Debug, nameof(ErrorCode.GroupAuthorizationFailed), text);
                return;
        }

        try
        {
            log.Error((ErrorCode)code, text);
        }
        catch (Exception)
        {
            Interlocked.Exchange(ref disconnected, 1);
        }
    }

    /// <summary>Keeps the first record that was given up.</summary>
    private unsafe void Delivery(nint told)
    {
        while (deliveryError is null && Librdkafka.EventMessage(told) is var message && message != null)
        {
            if (message->Error == 0) continue;
            string topic = KafkaFault.Text(Librdkafka.TopicName(message->Topic));
            Interlocked.CompareExchange(
                ref deliveryError,
                KafkaFault.Of(message->Error, $"a record of {message->KeyLength + message->ValueLength} bytes for topic {topic}, partition {message->Partition}, wasn't written"),
                null);
        }
    }

    /// <summary>Logs; a logger that throws must not tear the process down, as an exception in a callback does.</summary>
    private void Line(int level, string facility, string text)
    {
        try
        {
            log.Write(level, facility, text);
        }
        catch (Exception)
        {
            Interlocked.Exchange(ref disconnected, 1);
        }
    }
}
