using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

public sealed class EmbeddedLogTests_Retention : EmbeddedLogFixture
{
    [Fact]
    public async Task When_chunks_are_older_than_the_retention_time_then_they_go()
    {
        TopicInfo topic = Log.Create(new TopicSpec("timed") { RetentionTime = TimeSpan.FromHours(2) });
        TopicInfo kept = Log.Create(new TopicSpec("kept"));
        TestTask task = await TaskAsync();
        for (int hour = 0; hour < 10; hour++)
        {
            await task.Write(topic, 0, Kilobyte("a", hour), Kilobyte("b", hour)).CommitAsync(kept, 0, Kilobyte("a", hour));
            Clock.Advance(TimeSpan.FromHours(1));
        }

        await CleanAsync();

        // Appended at 8:00 and later, at 10:00; what is exactly as old as is kept stays.
        Assert.Equal(new[] { 8, 8, 9, 9 }, Read(topic).Select(read => NumberOf(read.Record)));
        Assert.Equal((16L, 20L), (Log.Range(topic, 0).FirstOffset, Log.Range(topic, 0).NextOffset));
        Assert.Equal(10, Read(kept).Count);
        Clock.Advance(TimeSpan.FromHours(10));
        await CleanAsync();
        Assert.Equal(new PartitionRange(20, 20, 0), Log.Range(topic, 0));
    }

    [Fact]
    public async Task When_a_partition_is_larger_than_its_retention_then_its_oldest_chunks_go()
    {
        TopicInfo topic = Log.Create(new TopicSpec("sized") { RetentionBytes = 10_500 });
        TestTask task = await TaskAsync();
        for (int n = 0; n < 30; n++) await task.CommitAsync(topic, 0, Kilobyte("a", n));
        long chunk = Log.Range(topic, 0).Bytes / 30;

        await CleanAsync();

        int left = (int)(10_500 / chunk);
        Assert.Equal(Enumerable.Range(30 - left, left), Read(topic).Select(read => NumberOf(read.Record)));
        Assert.InRange(Log.Range(topic, 0).Bytes, left * (chunk - 1), 10_500);
    }

    [Fact]
    public async Task When_a_partition_is_cleaned_and_opened_again_then_it_is_what_it_was()
    {
        TopicInfo topic = Log.Create(new TopicSpec("sized") { RetentionBytes = 5_000 });
        TestTask task = await TaskAsync();
        for (int n = 0; n < 20; n++) await task.CommitAsync(topic, 0, Kilobyte("a", n));
        await CleanAsync();
        IReadOnlyList<string> content = LogContent.Of(Log);

        Reopen();

        Assert.Equal(content, LogContent.Of(Log));
        await CleanAsync();
        Assert.Equal(content, LogContent.Of(Log));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_topic_is_cleaned_while_it_is_written_and_read_then_nothing_else_goes(bool byTime)
    {
        TopicInfo topic = Log.Create(byTime
            ? new TopicSpec("busy") { RetentionTime = TimeSpan.FromMinutes(30) }
            : new TopicSpec("busy") { RetentionBytes = 30_000 });
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 0, Kilobyte("a", 0));
        const int Commits = 300;
        Task writing = Task.Run(async () =>
        {
            for (int n = 1; n < Commits; n++)
            {
                Clock.Advance(TimeSpan.FromMinutes(1));
                await task.CommitAsync(topic, 0, Kilobyte("a", n));
            }
        });
        Task<int> reading = Task.Run(() => ReadOrSkip(topic, Commits));

        while (!writing.IsCompleted) await CleanAsync();
        await writing;
        await CleanAsync();

        PartitionRange range = Log.Range(topic, 0);
        Assert.InRange(range.NextOffset - range.FirstOffset, 25, 32);
        Assert.Equal(Enumerable.Range((int)range.FirstOffset, Commits - (int)range.FirstOffset), Read(topic).Select(read => NumberOf(read.Record)));
        Assert.InRange(await reading, 1, Commits);
    }

    /// <summary>Reads to the end, going on where the partition begins when it was too slow; returns how many records it saw.</summary>
    private int ReadOrSkip(TopicInfo topic, int end)
    {
        int records = 0;
        long next = 0;
        while (next < end)
        {
            using ILogReader reader = Log.OpenReader(new ChunkPool());
            try
            {
                reader.Assign(topic, 0, next);
                while (next < end && reader.Poll(TimeSpan.FromSeconds(30)) is { } read)
                {
                    foreach ((long offset, TestRecord record) in TestRecord.In(read.Chunk))
                    {
                        Assert.Equal((next++, (int)offset), (offset, NumberOf(record)));
                        records++;
                    }

                    read.Chunk.Release();
                }
            }
            catch (OffsetOutOfRangeException e)
            {
                Assert.True(e.Range.FirstOffset > next, "only what is before the beginning is out of range");
                next = e.Range.FirstOffset;
            }
        }

        return records;
    }
}
