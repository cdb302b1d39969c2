using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

// Reading: what comes back, from where, in which order, and what wakes a reader that waits.
public abstract partial class LogConformance
{
    public static TheoryData<string, TestRecord> OddRecords => new()
    {
        { "no key", new TestRecord(null, "value") },
        { "an empty key", new TestRecord("", "value") },
        { "a tombstone", new TestRecord("key", null) },
        { "an empty value", new TestRecord("key", "") },
        { "neither key nor value", new TestRecord(null, null) },
        { "every byte", new TestRecord(AllBytes, AllBytes) },
        { "a time before 1970", new TestRecord("key", "value", -62_135_596_800_000) },
        { "a time far ahead", new TestRecord("key", "value", 253_402_300_799_999) },
        { "headers", new TestRecord("key", "value", 7, "trace=1;trace=2;empty=;none") },
        { "headers and nothing else", new TestRecord(null, null, 1, "h=" + AllBytes.Replace(";", "", StringComparison.Ordinal)) },
    };

    private static string AllBytes => string.Concat(Enumerable.Range(0, 256).Select(b => (char)b));

    [SkippableTheory]
    [MemberData(nameof(OddRecords))]
    public async Task When_a_record_is_odd_then_it_comes_back_as_it_was(string what, TestRecord record)
    {
        if (record.Timestamp < factory.TimesFrom) return;
        TopicInfo topic = Topic("odd");
        TestRecord[] records = [new("a", "b", 1), record, new("c", "d", 2)];

        await (await TaskAsync()).CommitAsync(topic, 0, records);

        Assert.True(records.SequenceEqual(Read(topic)), $"{what} didn't come back");
    }

    [SkippableFact]
    public async Task When_records_are_large_then_they_come_back_whole()
    {
        TopicInfo topic = Topic("large");
        int length = Math.Min(5_120_000, factory.RecordBytesMax - 1000);
        string large = string.Concat(Enumerable.Range(0, 20_000).Select(n => new string((char)(n % 256), 256)))[..length];
        TestRecord[] records = [new("small", "before"), new("large", large), new(large[..(length / 5)], "large key"), new("small", "after")];
        TestTask task = await TaskAsync();

        await task.Write(topic, 0, records[0], records[1]).Write(topic, 0, records[2]).Write(topic, 0, records[3]).CommitAsync();

        Assert.True(records.SequenceEqual(Read(topic)), "the records didn't come back as they were");
        Assert.Equal([records[3]], ReadFrom(topic, 0, ReadFrom(topic, 0, 0)[3].Offset).Select(read => read.Record));
    }

    [SkippableFact]
    public async Task When_reading_begins_at_any_offset_then_it_gives_the_records_from_there()
    {
        TopicInfo topic = Topic("any-offset");
        TestTask task = await TaskAsync();
        int made = 0;
        foreach (int[] chunks in (int[][])[[3, 1], [5], [1], [7, 2, 4]])
        {
            foreach (int count in chunks) task.Write(topic, 0, Records([.. Enumerable.Range(0, count).Select(_ => $"value {made++}")]));
            await task.CommitAsync();
        }

        List<(long Offset, TestRecord Record)> all = ReadFrom(topic, 0, 0);

        Assert.Equal(Enumerable.Range(0, made).Select(n => $"value {n}"), all.Select(read => read.Record.Value));
        for (int n = 0; n < all.Count; n++) Assert.Equal(all.Skip(n), ReadFrom(topic, 0, all[n].Offset));
    }

    [SkippableFact]
    public async Task When_reading_begins_at_the_end_then_it_waits_for_what_comes()
    {
        TopicInfo topic = Topic("end");
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 0, Records("before"));
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, Log.Range(topic, 0).NextOffset);
        Assert.Null(reader.Poll(VisibleAfter));

        await task.CommitAsync(topic, 0, Records("after"));

        Assert.Equal(Records("after"), TestRecord.In(reader.Poll(Patience)!.Value.Chunk).Select(read => read.Record));
    }

    [SkippableTheory]
    [InlineData(-1L)]
    [InlineData(null)]
    [InlineData(long.MaxValue)]
    public async Task When_an_offset_was_never_reached_then_reading_there_is_refused(long? place)
    {
        TopicInfo topic = Topic("range");
        await (await TaskAsync()).CommitAsync(topic, 0, Records("a", "b"));
        long end = End(topic), offset = place ?? end + 1;

        var error = Assert.Throws<OffsetOutOfRangeException>(() => ReadFrom(topic, 0, offset));

        Assert.Equal(Range(topic, 0), error.Range);
        Assert.Contains(topic.Name, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task When_chunks_are_read_then_the_caller_holds_them_until_it_releases_them()
    {
        TopicInfo topic = Topic("hold", 2);
        await (await TaskAsync()).Write(topic, 0, Records("a")).Write(topic, 1, Records("b")).CommitAsync();
        var pool = new ChunkPool();
        ILogReader reader = Log.OpenReader(pool);
        reader.Assign(topic, 0, 0);

        LogChunk first = reader.Poll(Patience)!.Value;
        reader.Assign(topic, 1, 0);
        LogChunk second = reader.Poll(Patience)!.Value;
        reader.Dispose();

        Assert.Equal(Records("a"), TestRecord.In(first.Chunk).Select(read => read.Record));
        Assert.Equal(2, pool.Outstanding);
        first.Chunk.Release();
        Assert.Equal(Records("b"), TestRecord.In(second.Chunk).Select(read => read.Record));
        second.Chunk.Release();
        Assert.Equal(0, pool.Outstanding);
    }

    [SkippableFact]
    public async Task When_a_partition_is_busy_then_the_others_are_read_too()
    {
        TopicInfo topic = Topic("busy", 4);
        TestTask task = await TaskAsync();
        string padding = new('.', factory.ReadAheadBytes / 100);
        for (int n = 0; n < 200; n++) task.Write(topic, 0, Records($"busy {n}{padding}"));
        for (int partition = 1; partition < 4; partition++) task.Write(topic, partition, Records($"quiet {partition}"));
        await task.CommitAsync();
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        for (int partition = 0; partition < 4; partition++) reader.Assign(topic, partition, 0);

        var read = new List<string?>();
        while (read.Count < 203) read.AddRange(TestRecord.In(reader.Poll(Patience)!.Value.Chunk).Select(found => found.Record.Value));

        int busyEnds = read.IndexOf($"busy 199{padding}");
        Assert.All([1, 2, 3], partition => Assert.InRange(read.IndexOf($"quiet {partition}"), 0, busyEnds));
    }

    [SkippableFact]
    public async Task When_a_commit_comes_then_a_reader_that_waits_is_woken()
    {
        TopicInfo topic = Topic("wake");
        using TestTask task = await TaskAsync();
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        using var received = new SemaphoreSlim(0);
        Task reading = OnThread(() =>
        {
            for (int n = 0; n < 50; n++)
            {
                // Far longer than the test waits: a reader that isn't woken fails it.
                Assert.Equal(Records($"{n}"), TestRecord.In(reader.Poll(TimeSpan.FromHours(1))!.Value.Chunk).Select(read => read.Record));
                received.Release();
            }
        });

        for (int n = 0; n < 50; n++)
        {
            await task.CommitAsync(topic, 0, Records($"{n}"));
            Assert.True(await received.WaitAsync(Patience) || reading.IsFaulted, $"record {n} came");
        }

        await reading.WaitAsync(Patience);
    }

    [SkippableFact]
    public async Task When_a_reader_is_woken_then_its_wait_ends_with_nothing()
    {
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(Topic("wake"), 0, 0);
        Task<LogChunk?> waiting = OnThread(() => reader.Poll(TimeSpan.FromHours(1)));

        reader.Wake();

        Assert.Null(await waiting.WaitAsync(Patience));
    }

    [SkippableFact]
    public async Task When_a_reader_was_woken_before_it_waits_then_its_next_wait_ends_and_no_other()
    {
        TopicInfo topic = Topic("wake");
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        reader.Wake();

        Assert.Null(await OnThread(() => reader.Poll(TimeSpan.FromHours(1))).WaitAsync(Patience));
        Task<LogChunk?> waiting = OnThread(() => reader.Poll(Patience));
        await (await TaskAsync()).CommitAsync(topic, 0, Records("a"));

        Assert.NotNull(await waiting);
    }

    [SkippableFact]
    public async Task When_the_topic_is_deleted_then_a_reader_that_waits_fails()
    {
        TopicInfo topic = Topic("deleted");
        await (await TaskAsync()).CommitAsync(topic, 0, Records("a"));
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        reader.Poll(Patience)!.Value.Chunk.Release();
        Task<LogChunk?> waiting = OnThread(() => reader.Poll(TimeSpan.FromHours(1)));

        Log.Delete(topic);

        var error = await Assert.ThrowsAsync<TopicException>(() => waiting.WaitAsync(Patience));
        Assert.Contains(topic.Name, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task When_the_log_is_closed_then_a_reader_that_waits_fails()
    {
        TopicInfo topic = Topic("closed");
        await (await TaskAsync()).CommitAsync(topic, 0, Records("a"));
        ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        reader.Poll(Patience)!.Value.Chunk.Release();
        Task<LogChunk?> waiting = OnThread(() => reader.Poll(TimeSpan.FromHours(1)));

        Log.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Patience));
        reader.Dispose();
    }

    /// <summary>Runs what blocks on a thread of its own.</summary>
    protected static Task<T> OnThread<T>(Func<T> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Runs what blocks on a thread of its own.</summary>
    protected static Task OnThread(Action run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [SkippableFact]
    public async Task When_everything_is_read_then_the_reader_stands_at_the_end()
    {
        TopicInfo topic = Topic("at-the-end", partitions: 2);
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 1, Records("a", "b"));
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        reader.Assign(topic, 1, 0);
        Assert.Equal(0, reader.NextOffset(topic, 1));

        for (int round = 0; round < 2; round++)
        {
            Await(
                () =>
                {
                    reader.Poll(TimeSpan.FromMilliseconds(10))?.Chunk.Release();
                    return reader.NextOffset(topic, 1) == Log.Range(topic, 1).NextOffset;
                },
                "the reader is at the end");
            Assert.Equal(Log.Range(topic, 0).NextOffset, reader.NextOffset(topic, 0));
            await task.CommitAsync(topic, 1, Records("c"));
        }

        Assert.Throws<TopicException>(() => reader.NextOffset(topic, 2));
    }
}
