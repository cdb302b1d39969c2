using System.Collections.Concurrent;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Several tasks that write one partition, and readers beside them.
public abstract partial class LogConformance
{
    [SkippableFact]
    public async Task When_several_tasks_write_one_partition_then_its_readers_lose_nothing()
    {
        const int Tasks = 4, Epochs = 40;
        TopicInfo topic = Topic("shared");
        StartId start = Start();
        Task<List<(long Offset, string Value)>>[] reading = [.. Enumerable.Range(0, 3).Select(_ => OnThread(() => ReadValues(topic, Tasks * Epochs * 3)))];

        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(number => Task.Run(async () =>
        {
            using TestTask task = await TaskAsync(start, number);
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                await task.Write(topic, 0, Records($"{number}:{3 * epoch}", $"{number}:{(3 * epoch) + 1}")).CommitAsync(
                    topic, 0, Records($"{number}:{(3 * epoch) + 2}"));
            }
        })));

        List<(long Offset, string Value)>[] read = await Task.WhenAll(reading).WaitAsync(Patience);
        Assert.All(read, values =>
        {
            Assert.Equal(values.Select(value => value.Offset).Order(), values.Select(value => value.Offset));
            if (HasGaplessOffsets) Assert.Equal(Enumerable.Range(0, values.Count).Select(n => (long)n), values.Select(value => value.Offset));
            for (int number = 0; number < Tasks; number++)
            {
                Assert.Equal(
                    Enumerable.Range(0, Epochs * 3).Select(n => $"{number}:{n}"),
                    values.Select(value => value.Value).Where(value => value.StartsWith($"{number}:", StringComparison.Ordinal)));
            }

            Assert.Equal(read[0], values);
        });
    }

    [SkippableFact]
    public async Task When_an_epoch_spans_several_chunks_then_no_other_task_comes_between_them()
    {
        TopicInfo topic = Topic("shared");
        StartId start = Start();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            using TestTask task = await TaskAsync(start, number);
            for (int epoch = 0; epoch < 20; epoch++)
            {
                for (int n = 0; n < 3; n++) task.Write(topic, 0, Records($"{number}:{epoch}"));
                await task.CommitAsync();
            }
        })));

        List<string?> values = [.. Read(topic).Select(record => record.Value)];
        Assert.Equal(4 * 20 * 3, values.Count);
        for (int n = 0; n < values.Count && factory.WritesAtCommit; n += 3) Assert.Equal([values[n], values[n], values[n]], values.Slice(n, 3));
    }

    [SkippableFact]
    public async Task When_many_tasks_commit_at_once_then_all_complete_and_offsets_follow_the_order_of_each()
    {
        TopicInfo topic = Topic("many");
        StartId start = Start();
        var completed = new ConcurrentBag<(int Task, int Epoch, long NextOffset)>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            using TestTask task = await TaskAsync(start, number);
            for (int epoch = 0; epoch < 10; epoch++)
            {
                await task.CommitAsync(topic, 0, Records($"{number}:{epoch}"));
                completed.Add((number, epoch, Log.Range(topic, 0).NextOffset));
            }
        })));

        Dictionary<string, long> offsets = ReadFrom(topic, 0, 0).ToDictionary(read => read.Record.Value!, read => read.Offset);
        Assert.Equal(160, offsets.Count);
        for (int number = 0; number < 16; number++)
        {
            long[] own = [.. Enumerable.Range(0, 10).Select(epoch => offsets[$"{number}:{epoch}"])];
            Assert.Equal(own.Order(), own);
        }

        // Whoever is told that his commit is durable finds it readable.
        if (VisibleAfter == TimeSpan.Zero) Assert.All(completed, done => Assert.True(offsets[$"{done.Task}:{done.Epoch}"] < done.NextOffset));
    }

    [SkippableFact]
    public async Task When_tasks_write_several_partitions_at_once_then_each_partition_has_all_of_its_records()
    {
        TopicInfo topic = Topic("spread", 5);
        StartId start = Start();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            using TestTask task = await TaskAsync(start, number);
            for (int epoch = 0; epoch < 15; epoch++)
            {
                for (int partition = 0; partition < 5; partition++) task.Write(topic, partition, Records($"{number}:{epoch}"));
                await task.CommitAsync();
            }
        })));

        IEnumerable<string> all = Enumerable.Range(0, 4).SelectMany(number => Enumerable.Range(0, 15).Select(epoch => $"{number}:{epoch}"));
        string[] expected = [.. all.Order(StringComparer.Ordinal)];
        for (int partition = 0; partition < 5; partition++)
        {
            Assert.Equal(expected, Read(topic, partition).Select(record => record.Value!).Order(StringComparer.Ordinal));
        }
    }

    private List<(long Offset, string Value)> ReadValues(TopicInfo topic, int count)
    {
        var values = new List<(long, string)>();
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        while (values.Count < count && reader.Poll(Patience) is { } read)
        {
            values.AddRange(TestRecord.In(read.Chunk).Select(found => (found.Offset, found.Record.Value!)));
            read.Chunk.Release();
        }

        return values;
    }
}
