using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace StreamEngine.Kafka.Native;

/// <summary>An error that librdkafka returned, and what it says may be done about it.</summary>
/// <param name="code">The error's number in librdkafka; negative ones are its own, the others came from the broker.</param>
/// <param name="message">Its text.</param>
/// <param name="isFatal">The client can't be used any more.</param>
/// <param name="isRetriable">The same call may be made again.</param>
/// <param name="requiresAbort">The open transaction can only be aborted.</param>
internal sealed class KafkaFault(int code, string message, bool isFatal = false, bool isRetriable = false, bool requiresAbort = false) : Exception(message)
{
    /// <summary>The code under the name that Confluent.Kafka gives it.</summary>
    public ErrorCode Code { get; } = (ErrorCode)code;

    /// <summary>The client can't be used any more.</summary>
    public bool IsFatal { get; } = isFatal;

    /// <summary>The same call may be made again.</summary>
    public bool IsRetriable { get; } = isRetriable;

    /// <summary>The open transaction can only be aborted.</summary>
    public bool RequiresAbort { get; } = requiresAbort;

    /// <summary>
    /// Another producer has taken over the transactional id, or the broker has given the transaction up after its timeout: the broker doesn't tell which.
    /// </summary>
    public bool IsFenced => Code is ErrorCode.Local_Fenced or ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced;

    /// <summary>The fault with that code and librdkafka's own text for it.</summary>
    /// <param name="code">The code.</param>
    /// <param name="doing">What was being done, to begin the message with.</param>
    public static unsafe KafkaFault Of(int code, string doing) => new(code, $"{doing}: {Text(Librdkafka.ErrorText(code))}");

    /// <summary>Throws what a call returned that returns a code, 0 for success.</summary>
    public static void ThrowIf(int code, string doing)
    {
        if (code != 0) throw Of(code, doing);
    }

    /// <summary>Throws what a call returned that returns an error object, null for success; the object is freed.</summary>
    public static void ThrowIf(nint error, string doing)
    {
        if (error != 0) throw Take(error, doing);
    }

    /// <summary>Makes a fault of an error object, and frees it.</summary>
    public static unsafe KafkaFault Take(nint error, string doing)
    {
        var fault = new KafkaFault(
            Librdkafka.ErrorCode(error),
            $"{doing}: {Text(Librdkafka.ErrorString(error))}",
            Librdkafka.ErrorIsFatal(error) != 0,
            Librdkafka.ErrorIsRetriable(error) != 0,
            Librdkafka.ErrorRequiresAbort(error) != 0);
        Librdkafka.ErrorDestroy(error);
        return fault;
    }

    /// <summary>A text of the library's.</summary>
    public static unsafe string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
