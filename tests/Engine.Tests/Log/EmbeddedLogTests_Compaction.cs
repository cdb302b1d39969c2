using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

public sealed class EmbeddedLogTests_Compaction : EmbeddedLogFixture
{
    private static readonly TopicSpec Spec = new("compacted") { Compacted = true };

    [Fact]
    public async Task When_a_topic_is_compacted_then_the_last_record_of_each_key_stays_where_it_was()
    {
        TopicInfo topic = Log.Create(Spec);
        TestTask task = await TaskAsync();
        var random = new Random(7);
        for (int n = 0; n < 60; n++)
        {
            TestRecord[] records = [.. Enumerable.Range(0, 30).Select(m => Random(random, (n * 30) + m))];
            await task.CommitAsync(topic, 0, records);
        }

        List<(long Offset, TestRecord Record)> before = Read(topic);

        await CleanAsync();

        (long, TestRecord)[] expected = [.. LastOfEachKey(before)];
        Assert.True(expected.Length < before.Count / 2, "there is something to compact");
        Assert.Equal(expected, Read(topic));
        Assert.Equal((0, before.Count), (Log.Range(topic, 0).FirstOffset, (int)Log.Range(topic, 0).NextOffset));
        Assert.InRange(Log.Range(topic, 0).Bytes, 1, 1000 * 1200);
        foreach (long from in Enumerable.Range(0, before.Count).Where(n => n % 37 == 0)) Assert.Equal(expected.Where(read => read.Item1 >= from), Read(topic, from));

        Reopen();
        Assert.Equal(expected, Read(topic));
        await (await TaskAsync()).CommitAsync(topic, 0, Kilobyte("new", 1));
        Assert.Equal(before.Count, Read(topic)[^1].Offset);
    }

    [Fact]
    public async Task When_little_has_come_since_the_last_time_then_a_topic_is_left_alone()
    {
        TopicInfo topic = Log.Create(Spec);
        TestTask task = await TaskAsync();
        for (int n = 0; n < 100; n++) await task.CommitAsync(topic, 0, Kilobyte("same", n));

        await CleanAsync();

        Assert.Equal(100, Read(topic).Count);
    }

    [Fact]
    public async Task When_a_reader_is_in_the_middle_then_it_goes_on_over_what_was_taken_out()
    {
        TopicInfo topic = Log.Create(Spec);
        TestTask task = await TaskAsync();
        for (int n = 0; n < 1500; n += 5) await task.CommitAsync(topic, 0, [.. Enumerable.Range(n, 5).Select(m => Kilobyte($"{m % 3}", m))]);
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        for (int n = 0; n < 20; n++) reader.Poll(TimeSpan.Zero)!.Value.Chunk.Release();

        await CleanAsync();

        LogChunk rest = reader.Poll(TimeSpan.Zero)!.Value;
        Assert.Equal([1497, 1498, 1499], TestRecord.In(rest.Chunk).Select(read => NumberOf(read.Record)));
        Assert.Equal(1500, rest.NextOffset);
        Assert.Null(reader.Poll(TimeSpan.Zero));
        await task.CommitAsync(topic, 0, Kilobyte("0", 1500));
        Assert.Equal(1500, TestRecord.In(reader.Poll(TimeSpan.Zero)!.Value.Chunk).Single().Offset);
    }

    [Fact]
    public async Task When_a_tombstone_is_old_enough_then_it_goes_and_its_key_stays_gone()
    {
        TopicInfo topic = Log.Create(Spec);
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 0, new("kept", "x"), new("gone", "x"));
        for (int n = 0; n < 1200; n += 10) await task.CommitAsync(topic, 0, [.. Enumerable.Range(n, 10).Select(m => Kilobyte("busy", m))]);
        await task.CommitAsync(topic, 0, new TestRecord("gone", null));

        await CleanAsync();
        Assert.Equal(["kept", "busy", "gone"], Read(topic).Select(read => read.Record.Key));

        Clock.Advance(TimeSpan.FromHours(25));
        for (int n = 0; n < 1200; n += 10) await task.CommitAsync(topic, 0, [.. Enumerable.Range(n, 10).Select(m => Kilobyte("busy", m))]);
        await task.CommitAsync(topic, 0, new TestRecord("young", null));
        await CleanAsync();

        Assert.Equal(["kept", "busy", "young"], Read(topic).Select(read => read.Record.Key));
        Assert.Equal("kept", Read(topic)[0].Record.Key);
    }

    [Fact]
    public async Task When_a_topic_is_compacted_while_it_is_written_and_read_then_its_readers_end_with_the_last_values()
    {
        TopicInfo topic = Log.Create(Spec);
        TestTask task = await TaskAsync();
        var last = new SortedDictionary<string, string>(StringComparer.Ordinal);
        const int Commits = 250, Records = 20;
        Task writing = Task.Run(async () =>
        {
            var random = new Random(11);
            for (int n = 0; n < Commits; n++)
            {
                TestRecord[] records = [.. Enumerable.Range(0, Records).Select(m => Random(random, (n * Records) + m) with { Key = $"{random.Next(40)}" })];
                foreach (TestRecord record in records) Apply(last, record);
                await task.CommitAsync(topic, 0, records);
            }
        });
        Task<SortedDictionary<string, string>> reading = Task.Run(() => Follow(topic, Commits * Records));

        int rounds = 0;
        for (; !writing.IsCompleted; rounds++) await CleanAsync();
        await writing;

        Assert.Equal(last, await reading);
        Assert.Equal(last, Follow(topic, Commits * Records));
        Assert.True(Read(topic).Count < Commits * Records, $"{rounds} rounds have taken something out");
    }

    [Fact]
    public async Task When_compaction_left_a_gap_then_retention_by_time_finds_its_way_over_it()
    {
        TopicInfo topic = Log.Create(Spec with { RetentionTime = TimeSpan.FromHours(1) });
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 0, Kilobyte("first", 0));
        for (int n = 0; n < 1200; n += 10) await task.CommitAsync(topic, 0, [.. Enumerable.Range(n, 10).Select(m => Kilobyte("busy", m))]);
        await CleanAsync();
        Assert.Equal([0, 1200], Read(topic).Select(read => read.Offset));

        Clock.Advance(TimeSpan.FromMinutes(30));
        await task.CommitAsync(topic, 0, Kilobyte("last", 0));
        Clock.Advance(TimeSpan.FromMinutes(45));
        await CleanAsync();

        Assert.Equal([1201], Read(topic).Select(read => read.Offset));
        Clock.Advance(TimeSpan.FromHours(1));
        await CleanAsync();
        Assert.Equal(new PartitionRange(1202, 1202, 0), Log.Range(topic, 0));
    }

    [Fact]
    public async Task When_a_purge_ends_in_a_gap_then_what_lies_behind_it_stays()
    {
        TopicInfo topic = Log.Create(Spec);
        TestTask task = await TaskAsync();
        await task.CommitAsync(topic, 0, Kilobyte("first", 0));
        for (int n = 0; n < 1200; n += 10) await task.CommitAsync(topic, 0, [.. Enumerable.Range(n, 10).Select(m => Kilobyte("busy", m))]);
        await CleanAsync();
        Assert.Equal([0, 1200], Read(topic).Select(read => read.Offset));

        Log.Purge(topic, 0, 600);
        Assert.Equal((600, 1201), (Log.Range(topic, 0).FirstOffset, Log.Range(topic, 0).NextOffset));
        Assert.Equal([1200], Read(topic).Select(read => read.Offset));

        Log.Purge(topic, 0, 700);
        Assert.Equal([1200], Read(topic, 700).Select(read => read.Offset));
        Assert.Equal(700, Assert.Throws<OffsetOutOfRangeException>(() => Read(topic, 699)).Range.FirstOffset);
    }

    [Fact]
    public void When_a_topic_is_compacted_round_after_round_then_it_is_always_what_its_last_records_say() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 3].Select(n => n == 0), Gen.Int[0, 8000]).Array[300, 800].Array[1, 4].Sample(
            rounds =>
            {
                using var fixture = new EmbeddedLogTests_Compaction();
                fixture.CompactRounds(rounds).GetAwaiter().GetResult();
            },
            iter: PropertyRuns.Of(4),
            threads: 1);

    private async Task CompactRounds((int Key, bool IsTombstone, int Bytes)[][] rounds)
    {
        TopicInfo topic = Log.Create(Spec);
        TestTask task = await TaskAsync();
        var last = new SortedDictionary<string, string>(StringComparer.Ordinal);
        long written = 0;
        foreach ((int Key, bool IsTombstone, int Bytes)[] round in rounds)
        {
            foreach ((int Key, bool IsTombstone, int Bytes)[] chunk in round.Chunk(17))
            {
                TestRecord[] records = [.. chunk.Select(made => new TestRecord($"{made.Key}", made.IsTombstone ? null : new string('v', made.Bytes)))];
                foreach (TestRecord record in records) Apply(last, record);
                await task.CommitAsync(topic, 0, records);
            }

            written += round.Length;
            Clock.Advance(TimeSpan.FromHours(20));
            await CleanAsync();
            Assert.Equal(last, Follow(topic, written));
            List<(long Offset, TestRecord Record)> read = Read(topic);
            Assert.Equal(read.Select(found => found.Offset).Order(), read.Select(found => found.Offset));
        }
    }

    /// <summary>Reads to an offset, and returns the last value of each key.</summary>
    private SortedDictionary<string, string> Follow(TopicInfo topic, long end)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        long next = 0;
        while (next < end && reader.Poll(next == Log.Range(topic, 0).NextOffset ? TimeSpan.FromSeconds(30) : TimeSpan.Zero) is { } read)
        {
            foreach ((long offset, TestRecord record) in TestRecord.In(read.Chunk))
            {
                Assert.True(offset >= next, "offsets go back");
                next = offset + 1;
                Apply(values, record);
            }

            next = read.NextOffset;
            read.Chunk.Release();
        }

        return values;
    }

    private static void Apply(SortedDictionary<string, string> values, TestRecord record)
    {
        if (record.Value is null) values.Remove(record.Key!);
        else values[record.Key!] = record.Value;
    }

    private static IEnumerable<(long Offset, TestRecord Record)> LastOfEachKey(List<(long Offset, TestRecord Record)> records)
    {
        Dictionary<string, long> last = [];
        foreach ((long offset, TestRecord record) in records.Where(read => read.Record.Key is not null)) last[record.Key!] = offset;
        return records.Where(read => read.Record.Key is null || last[read.Record.Key] == read.Offset);
    }

    private static TestRecord Random(Random random, int number) => random.Next(20) switch
    {
        0 => new TestRecord(null, $"{number}:no key", number, "h=1"),
        1 => new TestRecord($"{random.Next(200)}", null, number),
        _ => Kilobyte($"{random.Next(200)}", number) with { Headers = random.Next(10) == 0 ? "a=1" : "" },
    };
}
