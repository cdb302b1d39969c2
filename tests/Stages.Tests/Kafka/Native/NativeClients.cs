using System.Diagnostics;
using Confluent.Kafka;
using Serilog.Core;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Kafka.Native;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>Clients of the library's for tests, and what a consumer reads as records of tests.</summary>
internal static class NativeClients
{
    /// <summary>How long a test waits for what has to come.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static string NewTopic(int partitions = 1, IDictionary<string, string>? configs = null)
    {
        string topic = $"native-{Guid.NewGuid():N}";
        new KafkaTestClient(KafkaServers.Shared.Bootstrap).CreateTopic(topic, partitions, configs);
        return topic;
    }

    public static NativeProducer Producer(string? transactionalId = null, string? bootstrap = null, params (string Name, string Value)[] more) =>
        new(ClientDefaults.Producer(Settings(bootstrap, more), transactionalId, TimeSpan.FromSeconds(60)), Log("producer"));

    public static NativeConsumer Consumer(bool committed = true, params (string Name, string Value)[] more) =>
        new(ClientDefaults.Consumer(Settings(null, more), committed), Log("consumer"));

    public static ClientLog Log(string client) => new(Logger.None, client);

    public static void Transaction(NativeProducer producer, string topic, Chunk chunk, bool commit = true)
    {
        producer.BeginTransaction();
        producer.Produce(producer.Topic(topic), chunk);
        if (commit)
        {
            producer.CommitTransaction(Deadline);
            return;
        }

        producer.Flush(Deadline);
        producer.AbortTransaction(Deadline);
    }

    /// <summary>Reads one partition on to its end.</summary>
    /// <returns>The records with their offsets, and where the end is.</returns>
    public static (List<(long Offset, TestRecord Record)> Records, long End) ReadToEnd(NativeConsumer consumer)
    {
        var records = new List<(long, TestRecord)>();
        var headers = new HeaderWriter();
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < Deadline)
        {
            using NativeBatch batch = consumer.Poll(NativeConsumer.BatchMax, TimeSpan.FromSeconds(1));
            for (int n = 0; n < batch.Count; n++)
            {
                NativeMessage message = batch[n];
                if (message.Error == ErrorCode.Local_PartitionEOF) return (records, message.Offset);
                if (!message.IsRecord) throw new InvalidOperationException($"{message.Error}: {message.ErrorText}");
                var builder = new ChunkBuilder(new ChunkPool(), message.Partition);
                builder.Append(message.Key, message.HasKey, message.Value, message.HasValue, message.Timestamp, message.Headers(headers));
                records.Add((message.Offset, TestRecord.In(builder.Take()!).Single().Record));
            }
        }

        throw new InvalidOperationException($"the end of the partition did not come; {records.Count} records did");
    }

    public static Dictionary<string, string> Settings(string? bootstrap, (string Name, string Value)[] more)
    {
        var settings = more.ToDictionary(setting => setting.Name, setting => setting.Value);
        settings["bootstrap.servers"] = bootstrap ?? KafkaServers.Shared.Bootstrap;
        return settings;
    }
}
