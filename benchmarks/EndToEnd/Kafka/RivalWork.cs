using System.Text.Json;
using Confluent.Kafka;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>What both rivals do with a record.</summary>
internal static class RivalWork
{
    private static readonly TimeSpan QueueWait = TimeSpan.FromMilliseconds(5);

    /// <summary>The value to write; null when the record is dropped.</summary>
    public static byte[]? Transform(Workload workload, byte[] value)
    {
        if (workload == Workload.Copy) return value;
        Payment payment = JsonSerializer.Deserialize(value, PaymentJson.Default.Payment)!;
        return payment.HasFee ? JsonSerializer.SerializeToUtf8Bytes(payment.WithFee(), PaymentJson.Default.Payment) : null;
    }

    /// <summary>Hands a record to the producer, waiting for room in its queue.</summary>
    public static void Produce(IProducer<byte[], byte[]> producer, string topic, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>>? delivered)
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, message, delivered);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(QueueWait);
            }
        }
    }
}
