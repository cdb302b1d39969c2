using Confluent.Kafka;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Log;

/// <summary>A transaction that nobody ends keeps a task from its positions: that is said with the place and with what to do, and holds nobody up who doesn't need them.</summary>
public sealed class OpenTransactionTests
{
    private const int PositionsPartition = 1;

    private readonly PipelineName pipeline = new($"open-{Guid.NewGuid():N}");
    private readonly SourcePartitionId input = new("input", "0");

    [SkippableFact]
    public async Task A_task_that_comes_to_a_transaction_that_stays_open_says_where_it_is_and_goes_on_once_it_is_ended()
    {
        using KafkaLog log = KafkaLog.Open(new KafkaLogOptions
        {
            Client = new Dictionary<string, string> { ["bootstrap.servers"] = KafkaServers.Shared.Bootstrap },
            TransactionTimeout = TimeSpan.FromSeconds(4),
        });
        var start = StartId.New();
        log.ClaimHome(pipeline, start);
        Assert.True(log.WriteHome(pipeline, start, new byte[] { (byte)'1' }, 0));
        log.FenceTasks(pipeline, start, 1);
        TopicInfo deadLetters = log.Create(new TopicSpec($"streamengine.{pipeline}.dead-letters"));
        using (TestTask before = await NewTask(1).BeginAsync()) await before.CommitAsync(before.Seal());

        string positions = $"streamengine.{pipeline}.positions";
        long opensAt = log.Range(log.Find(positions)!, PositionsPartition).NextOffset;
        using IProducer<string, string> other = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = KafkaServers.Shared.Bootstrap, TransactionalId = $"{pipeline}-other", TransactionTimeoutMs = 600_000 }).Build();
        other.InitTransactions(TimeSpan.FromSeconds(30));
        other.BeginTransaction();
        other.Produce(new TopicPartition(positions, PositionsPartition), new Message<string, string> { Key = "[\"other\"]", Value = "{}" });
        other.Flush(TimeSpan.FromSeconds(30));

        using (TestTask held = NewTask(2))
        {
            Task<TestTask> begun = Task.Run(held.BeginAsync);
            Assert.True(log.Beat(pipeline, start));
            EngineException told = await Assert.ThrowsAsync<EngineException>(() => begun);
            Assert.Contains($"topic {positions}, partition {PositionsPartition} of ", told.Message, StringComparison.Ordinal);
            Assert.Contains($"can be read up to offset {opensAt} only, and ends at {opensAt + 1}: a transaction is open there", told.Message, StringComparison.Ordinal);
            Assert.Contains("kafka-transactions.sh", told.Remedy, StringComparison.Ordinal);
        }

        other.AbortTransaction();
        using TestTask after = await NewTask(3).BeginAsync();
        Assert.Equal(new Epoch(1), after.Last);

        TestTask NewTask(int attempt) => new(log, new TaskClaim(new TaskId(pipeline, "copy", 0), start, new Generation(1), attempt), deadLetters, [input]);
    }
}
