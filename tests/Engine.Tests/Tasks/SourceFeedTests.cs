using System.Collections.Concurrent;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Tasks;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Tasks;

/// <summary>The thread that polls a source, and the bounded queue behind it.</summary>
public sealed class SourceFeedTests : IDisposable
{
    private readonly ChunkPool pool = new();
    private readonly ConcurrentQueue<Exception> failures = new();
    private readonly AutoResetEvent available = new(false);
    private readonly FakeSystem system = new([.. Enumerable.Range(0, 100).Select(n => $"value {n}")]) { ChunkRecords = 1 };

    public void Dispose() => available.Dispose();

    [Fact]
    public void It_reads_up_to_the_high_mark_waits_and_goes_on_below_the_low_one()
    {
        using SourceFeed feed = Feed(bytesMax: 1500);
        feed.Start(() => available.Set());
        int full = Settled();
        Assert.InRange(full, 2, 30);

        Take(feed);
        Take(feed);
        Assert.Equal(full - 2, Settled());

        for (int n = 2; n < full; n++) Take(feed);
        EngineFixture.Await(() => pool.Outstanding > 0, "it goes on");
        Assert.InRange(Settled(), 2, full);
    }

    [Fact]
    public void Everything_comes_once_and_in_its_order_however_small_the_queue_is()
    {
        using SourceFeed feed = Feed(bytesMax: 1);
        feed.Finish();
        feed.Start(() => available.Set());
        var offsets = new List<long>();
        while (true)
        {
            SourceItem item = Next(feed);
            if (item.IsEnd) break;
            offsets.Add(((Chunk)item.Element!).BaseOffset);
            item.Element.Release();
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), offsets);
        Assert.Empty(failures);
    }

    [Fact]
    public void Who_found_nothing_is_woken_once_by_what_comes()
    {
        var empty = new FakeSystem([[]]);
        using SourceFeed feed = Feed(1000, empty);
        int woken = 0;
        feed.Start(() =>
        {
            Interlocked.Increment(ref woken);
            available.Set();
        });
        Assert.False(feed.TryTake(out _));

        empty.Add(0, "one", "two", "three", "four");
        Assert.True(available.WaitOne(EngineFixture.Patience));
        EngineFixture.Await(() => pool.Outstanding == 2, "both chunks are there");
        Assert.Equal(1, woken);
        Take(feed);
        Take(feed);
    }

    [Fact]
    public void A_partition_assigned_later_is_read_too()
    {
        using SourceFeed feed = Feed(100_000);
        feed.Start(() => available.Set());
        for (int n = 0; n < 100; n++) Take(feed);
        system.Add(1, "late");

        feed.Assign(new SourcePartition("1", 1), new Position(system.Identity, "0"));

        SourceItem item = Next(feed);
        Assert.Equal(1, item.Partition);
        item.Element!.Release();
    }

    [Fact]
    public void What_the_source_throws_is_told_once_and_what_came_before_stays()
    {
        system.FailAt = (_, offset) => offset == 3 ? new IOException("the line is cut") : null;
        using SourceFeed feed = Feed(100_000);
        feed.Start(() => available.Set());

        EngineFixture.Await(() => !failures.IsEmpty, "it is told");
        for (int n = 0; n < 3; n++) Take(feed);
        Assert.False(feed.TryTake(out _));
        Assert.Equal("the line is cut", Assert.Single(failures).Message);
    }

    [Fact]
    public void A_reader_that_cannot_be_opened_is_a_failure()
    {
        using var feed = new SourceFeed("fake", () => throw new IOException("no such place"), 1000, failures.Enqueue);
        feed.Start(() => { });

        EngineFixture.Await(() => !failures.IsEmpty, "it is told");
    }

    [Fact]
    public void Poison_takes_its_place_in_the_order()
    {
        system.IsPoison = value => value == "value 1";
        using SourceFeed feed = Feed(100_000);
        feed.Start(() => available.Set());

        Take(feed);
        SourceItem item = Next(feed);
        Poison poison = Assert.IsType<Poison>(item.Element);
        Assert.Equal(1, poison.Origin.Offset);
        Assert.Equal("2", item.Next.At);
        Take(feed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_prefetched_and_not_taken_is_given_back(bool full)
    {
        SourceFeed feed = Feed(full ? 500 : 1_000_000);
        feed.Start(() => available.Set());
        Settled();

        feed.Dispose();

        Assert.Equal(0, pool.Outstanding);
        Assert.Equal(0, system.OpenReaders);
        Assert.False(feed.TryTake(out _));
    }

    [Fact]
    public void A_feed_that_was_never_started_can_be_closed()
    {
        SourceFeed feed = Feed(1000);
        feed.Finish();

        feed.Dispose();

        Assert.Equal(0, pool.Outstanding);
    }

    private SourceFeed Feed(long bytesMax, FakeSystem? of = null)
    {
        FakeSystem read = of ?? system;
        ISource source = read.AsSource().Open(new SourceContext("fake", ".", null!, TimeProvider.System));
        var feed = new SourceFeed("fake", () => source.OpenReader(pool, 0), bytesMax, failures.Enqueue);
        feed.Assign(new SourcePartition("0", 0), new Position(read.Identity, "0"));
        return feed;
    }

    /// <summary>How many chunks are out when no more come: the feed's thread waits, or there is nothing left.</summary>
    private int Settled()
    {
        int before = -1;
        var spin = new SpinWait();
        for (int same = 0; same < 200;)
        {
            spin.SpinOnce();
            int now = pool.Outstanding;
            same = now == before && now > 0 ? same + 1 : 0;
            before = now;
        }

        return before;
    }

    private SourceItem Next(SourceFeed feed)
    {
        SourceItem item;
        while (!feed.TryTake(out item)) Assert.True(available.WaitOne(EngineFixture.Patience), "something comes");
        return item;
    }

    private void Take(SourceFeed feed) => Next(feed).Element?.Release();
}
