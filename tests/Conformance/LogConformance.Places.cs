using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Places in a partition: by time, and what is left when its beginning was removed.
public abstract partial class LogConformance
{
    [SkippableFact]
    public async Task When_an_offset_is_asked_for_by_time_then_it_is_that_of_the_first_record_that_late()
    {
        TopicInfo topic = Topic("times", 2);
        TestTask task = await TaskAsync();
        long[] times = [100, 300, 200, 250, 500, 400];
        await task.Write(topic, 0, [.. times[..2].Select(Timed)]).Write(topic, 0, [.. times[2..5].Select(Timed)]).CommitAsync();
        await task.CommitAsync(topic, 0, [.. times[5..].Select(Timed)]);
        List<(long Offset, TestRecord Record)> all = ReadFrom(topic, 0, 0);

        for (long time = 50; time <= 550; time += 25)
        {
            long expected = all.Where(read => read.Record.Timestamp >= time).Select(read => read.Offset).FirstOrDefault(Log.Range(topic, 0).NextOffset);
            Assert.Equal(expected, Log.OffsetAt(topic, 0, time));
        }

        Assert.Equal(0, Log.OffsetAt(topic, 0, long.MinValue));
        Assert.Equal(Log.Range(topic, 0).NextOffset, Log.OffsetAt(topic, 0, long.MaxValue));
        Assert.Equal(0, Log.OffsetAt(topic, 1, 0));
    }

    [SkippableFact]
    public async Task When_a_partition_is_purged_then_what_lies_behind_stays_and_what_was_removed_is_out_of_range()
    {
        TopicInfo topic = Topic("purge");
        TestTask task = await TaskAsync();
        for (int n = 0; n < 5; n++) await task.CommitAsync(topic, 0, Records([.. Enumerable.Range(0, 10).Select(m => $"{n}.{m}")]));
        List<(long Offset, TestRecord Record)> all = ReadFrom(topic, 0, 0);
        End(topic);
        PartitionRange whole = Log.Range(topic, 0);
        long before = all[20].Offset;

        Log.Purge(topic, 0, before);

        Await(() => Log.Range(topic, 0).FirstOffset == before, "two chunks are purged");
        PartitionRange rest = Log.Range(topic, 0);
        Assert.Equal(whole.NextOffset, rest.NextOffset);
        Assert.InRange(rest.Bytes, 1, whole.Bytes - 1);
        Assert.Equal(all.Skip(20), ReadFrom(topic, 0, before));
        Assert.Equal(Range(topic, 0), Assert.Throws<OffsetOutOfRangeException>(() => ReadFrom(topic, 0, before - 1)).Range);
        Assert.Equal(before, Log.OffsetAt(topic, 0, long.MinValue));
    }

    [SkippableFact]
    public async Task When_a_purge_ends_within_a_chunk_then_nothing_from_there_on_is_lost()
    {
        TopicInfo topic = Topic("purge");
        TestTask task = await TaskAsync();
        for (int n = 0; n < 3; n++) await task.CommitAsync(topic, 0, Records([.. Enumerable.Range(0, 10).Select(m => $"{n}.{m}")]));
        List<(long Offset, TestRecord Record)> all = ReadFrom(topic, 0, 0);

        Log.Purge(topic, 0, all[15].Offset);

        Await(() => Log.Range(topic, 0).FirstOffset > 0, "the first chunk is purged");
        Assert.InRange(Log.Range(topic, 0).FirstOffset, all[10].Offset, all[15].Offset);
        Assert.Equal(all.Skip(15), ReadFrom(topic, 0, all[15].Offset));
    }

    [SkippableFact]
    public async Task When_everything_is_purged_then_offsets_go_on_where_they_were()
    {
        TopicInfo topic = Topic("purge");
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 0, Records("a", "b", "c"));
        long next = End(topic);

        Log.Purge(topic, 0, next);
        Log.Purge(topic, 0, next);

        Await(() => Log.Range(topic, 0).FirstOffset == next, "everything is purged");
        Assert.Empty(ReadFrom(topic, 0, next));
        Assert.Equal(next, Log.OffsetAt(topic, 0, 0));
        await task.CommitAsync(topic, 0, Records("d"));
        Assert.Equal([(next, Records("d")[0])], ReadFrom(topic, 0, next));
    }

    [SkippableFact]
    public async Task When_a_purge_asks_for_nothing_then_nothing_goes()
    {
        TopicInfo topic = Topic("purge", 2);
        await (await TaskAsync()).Write(topic, 0, Records("a")).Write(topic, 1, Records("b")).CommitAsync();

        Log.Purge(topic, 0, 0);
        Log.Purge(topic, 0, -5);

        Assert.Equal(Records("a"), Read(topic));
        Assert.Equal(Records("b"), Read(topic, 1));
    }

    [SkippableFact]
    public async Task When_what_a_reader_comes_to_next_was_purged_then_it_is_told_so()
    {
        TopicInfo topic = Topic("purge");
        TestTask task = await TaskAsync();
        for (int n = 0; n < 3; n++) await task.CommitAsync(topic, 0, Records($"{n}"));
        long end = End(topic);
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        int records = 0;

        Log.Purge(topic, 0, end);

        Await(() => Log.Range(topic, 0).FirstOffset == end, "everything is purged");
        Assert.True(IsTold() || records == 3, $"{records} of 3 records, and nothing was said of the others");

        // What a reader has fetched before is its own: then it has all of them.
        bool IsTold()
        {
            try
            {
                while (records < 3 && reader.Poll(Patience) is { } read)
                {
                    records += read.Chunk.Records;
                    read.Chunk.Release();
                }

                return false;
            }
            catch (OffsetOutOfRangeException)
            {
                return true;
            }
        }
    }

    [SkippableFact]
    public async Task When_a_partition_is_purged_while_it_is_read_then_readers_get_their_records_or_are_told_what_is_missing()
    {
        TopicInfo topic = Topic("purge");
        TestTask task = await TaskAsync();
        for (int n = 0; n < 100; n++) task.Write(topic, 0, Records($"{n}"));
        await task.CommitAsync();
        List<(long Offset, TestRecord Record)> all = ReadFrom(topic, 0, 0);
        using var purged = new CancellationTokenSource();
        Task[] reading = [.. Enumerable.Range(0, 2).Select(_ => OnThread(() =>
        {
            while (!purged.IsCancellationRequested) ReadWhilePurging(topic, all);
        }))];

        foreach ((long offset, _) in all) Log.Purge(topic, 0, offset);
        await purged.CancelAsync();

        await Task.WhenAll(reading).WaitAsync(Patience);
    }

    private void ReadWhilePurging(TopicInfo topic, List<(long Offset, TestRecord Record)> all)
    {
        try
        {
            long from = Log.Range(topic, 0).FirstOffset;
            Assert.Equal(all.Where(read => read.Offset >= from), ReadFrom(topic, 0, from));
            Log.OffsetAt(topic, 0, 0);
        }
        catch (OffsetOutOfRangeException e)
        {
            Assert.True(e.Range.FirstOffset > 0, "only what was purged is out of range");
        }
    }

    private static TestRecord Timed(long time) => new("key", $"at {time}", time);
}
