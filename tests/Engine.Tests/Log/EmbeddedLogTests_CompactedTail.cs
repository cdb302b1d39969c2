using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

/// <summary>A partition whose last records were compacted away: who reads it learns that nothing more comes, and stands behind them.</summary>
public sealed class EmbeddedLogTests_CompactedTail : EmbeddedLogFixture
{
    [Fact]
    public async Task A_reader_stands_behind_what_was_taken_out_at_the_end()
    {
        TopicInfo topic = await MakeTailAsync();
        using ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);

        long last = -1;
        while (reader.Poll(TimeSpan.Zero) is { } read)
        {
            last = read.NextOffset;
            read.Chunk.Release();
        }

        Assert.True(last < Log.Range(topic, 0).NextOffset, "the tail has records, so this shows nothing");
        Assert.Equal(Log.Range(topic, 0).NextOffset, reader.NextOffset(topic, 0));
    }

    [Fact]
    public async Task A_bounded_read_sees_its_end_behind_what_was_taken_out()
    {
        TopicInfo topic = await MakeTailAsync();
        using ISource source = Topic.Of<string, string>("compacted").AsSource().Open(new SourceContext("compacted", ".", Log, Clock));
        source.Connect();
        var pool = new ChunkPool();
        using ISourceReader reader = source.OpenReader(pool, 0);
        SourcePartition partition = source.Partitions().Single();
        reader.Assign(partition, source.Begin(partition));
        reader.Finish();

        SourceItem? item = null;
        for (int polls = 0; item is not { IsEnd: true } && polls < 1000; polls++)
        {
            item = reader.Poll(TimeSpan.Zero);
            item?.Element?.Release();
        }

        Assert.True(item is { IsEnd: true }, "the end is reported");
        Assert.Equal($"{Log.Range(topic, 0).NextOffset}", item.Value.Next.At);
        Assert.Equal(0, pool.Outstanding);
    }

    /// <summary>A topic whose last record, a tombstone, is gone.</summary>
    private async Task<TopicInfo> MakeTailAsync()
    {
        TopicInfo topic = Log.Create(new TopicSpec("compacted") { Compacted = true });
        TestTask task = await TaskAsync();
        for (int n = 0; n < 1200; n += 10) await task.CommitAsync(topic, 0, [.. Enumerable.Range(n, 10).Select(m => Kilobyte("busy", m))]);
        await task.CommitAsync(topic, 0, new TestRecord("gone", null));
        Clock.Advance(TimeSpan.FromHours(25));
        await CleanAsync();
        Assert.DoesNotContain(Read(topic), read => read.Record.Key == "gone");
        return topic;
    }
}
