using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamEngine.Kafka.Native;

/// <summary>A topic as a cluster describes it (KIP-966's DescribeTopicPartitions, or Metadata).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Error">Why there is no more of it; <see cref="ErrorCode.NoError"/> otherwise.</param>
/// <param name="ErrorText">The same in the library's words.</param>
/// <param name="Id">Its id: a topic made anew has another.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Allowed">What this user may do with it; empty unless it was asked for.</param>
internal sealed record DescribedTopic(string Name, ErrorCode Error, string ErrorText, string Id, int Partitions, IReadOnlyList<AclOperation> Allowed)
{
    private const int DescribeTopicsOperation = 19;

    /// <summary>
    /// Asks for topics. Confluent.Kafka 2.16's own client fails at the answer of a topic that no broker has in step, as while its only one comes back, and then disposes
    /// of itself without a word: this call takes such an answer as it is.
    /// </summary>
    /// <param name="client">A client of any kind.</param>
    /// <param name="names">The topics.</param>
    /// <param name="withAllowed">Whether to ask what this user may do.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <exception cref="KafkaFault">No answer in time.</exception>
    public static unsafe IReadOnlyList<DescribedTopic> Ask(ClientHandle client, string[] names, bool withAllowed, TimeSpan timeout)
    {
        nint queue = Librdkafka.QueueNew(client.Raw);
        nint options = Librdkafka.AdminOptionsNew(client.Raw, DescribeTopicsOperation);
        nint topics = Librdkafka.TopicsOfNames(names, (nuint)names.Length);
        nint told = 0;
        try
        {
            KafkaFault.ThrowIf(Librdkafka.AdminTimeout(options, ClientHandle.Milliseconds(timeout), null, 0), Doing);
            KafkaFault.ThrowIf(Librdkafka.AdminIncludeOperations(options, withAllowed ? 1 : 0), Doing);
            Librdkafka.DescribeTopics(client.Raw, topics, options, queue);

            // The library answers within its own timeout, with an error if need be.
            told = Librdkafka.QueuePoll(queue, -1);
            int code = Librdkafka.EventError(told);
            if (code != 0) throw new KafkaFault(code, $"{Doing}: {KafkaFault.Text(Librdkafka.EventErrorString(told))}");
            nuint count;
            nint* found = Librdkafka.DescribedTopics(Librdkafka.EventDescribedTopics(told), &count);
            var described = new DescribedTopic[(int)count];
            for (int n = 0; n < described.Length; n++) described[n] = Of(found[n]);
            return described;
        }
        finally
        {
            if (told != 0) Librdkafka.EventDestroy(told);
            Librdkafka.TopicsDestroy(topics);
            Librdkafka.AdminOptionsDestroy(options);
            Librdkafka.QueueDestroy(queue);
        }
    }

    private static string Doing => "topics can't be described";

    private static unsafe DescribedTopic Of(nint topic)
    {
        nint error = Librdkafka.DescribedError(topic);
        int code = error == 0 ? 0 : Librdkafka.ErrorCode(error);
        nuint partitions, operations;
        Librdkafka.DescribedPartitions(topic, &partitions);
        int* allowed = Librdkafka.DescribedOperations(topic, &operations);
        var may = new AclOperation[allowed is null ? 0 : (int)operations];
        for (int n = 0; n < may.Length; n++) may[n] = (AclOperation)allowed[n];
        return new DescribedTopic(
            KafkaFault.Text(Librdkafka.DescribedName(topic)),
            (ErrorCode)code,
            code == 0 ? "" : KafkaFault.Text(Librdkafka.ErrorString(error)),
            KafkaFault.Text(Librdkafka.UuidText(Librdkafka.DescribedId(topic))),
            (int)partitions,
            may);
    }
}
