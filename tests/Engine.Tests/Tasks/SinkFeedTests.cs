using System.Collections.Concurrent;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Tasks;
using StreamEngine.Tests.Pipelines;
using Barrier = StreamEngine.Records.Barrier;

namespace StreamEngine.Tests.Tasks;

/// <summary>The thread of a sink's writer, and the bounded queue in front of it.</summary>
public sealed class SinkFeedTests : IDisposable
{
    private readonly ChunkPool pool = new();
    private readonly GatedWriter writer = new();
    private readonly ConcurrentQueue<Epoch> epochs = new();
    private readonly ConcurrentQueue<Exception> failures = new();
    private int rooms;

    public void Dispose() => writer.Dispose();

    [Fact]
    public void It_says_that_it_is_full_and_once_that_there_is_room_again()
    {
        Chunk chunk = Chunk("0");
        using SinkFeed feed = Feed(bytesMax: chunk.Bytes * 4);
        Assert.True(feed.Add(chunk));
        EngineFixture.Await(() => writer.IsInside, "the first is being written");

        for (int n = 1; n <= 4; n++) Assert.True(feed.Add(Chunk($"{n}")));
        Assert.False(feed.Add(Chunk("5")));
        Assert.Equal(0, rooms);
        writer.Let(2);
        EngineFixture.Await(() => writer.Written.Count == 2, "two are written");
        Assert.Equal(0, rooms);
        writer.Let(10);

        EngineFixture.Await(() => writer.Written.Count == 6, "all are written");
        EngineFixture.Await(() => Volatile.Read(ref rooms) == 1, "there is room");
        Assert.Equal(["0", "1", "2", "3", "4", "5"], writer.Written);
    }

    [Fact]
    public void A_barrier_is_sealed_behind_what_came_before_it()
    {
        using SinkFeed feed = Feed(1000);
        writer.Let(10);
        feed.Add(Chunk("a"));
        feed.Add(new Barrier(new Epoch(7)));
        feed.Add(Chunk("b"));

        EngineFixture.Await(() => writer.Written.Count == 3, "all is through");
        Assert.Equal(["a", "| 7", "b"], writer.Written);
        Assert.Equal([new Epoch(7)], epochs);
    }

    [Fact]
    public void What_the_writer_throws_is_told_and_what_waits_is_given_back()
    {
        SinkFeed feed = Feed(1000);
        writer.Failure = new IOException("the disk is full");
        feed.Add(Chunk("a"));
        feed.Add(Chunk("b"));
        writer.Let(1);
        EngineFixture.Await(() => !failures.IsEmpty, "it is told");
        feed.Add(Chunk("c"));

        feed.Dispose();

        Assert.Equal("the disk is full", Assert.Single(failures).Message);
        Assert.Equal(0, pool.Outstanding);
        Assert.Empty(writer.Written);
    }

    [Fact]
    public async Task What_waits_when_it_is_closed_is_given_back_unwritten()
    {
        SinkFeed feed = Feed(1000);
        feed.Add(Chunk("a"));
        EngineFixture.Await(() => writer.IsInside, "the first is being written");
        feed.Add(Chunk("b"));
        feed.Add(new Barrier(new Epoch(1)));

        Task closing = Task.Run(feed.Dispose);
        EngineFixture.Await(() => pool.Outstanding == 1, "what waits is given back");
        writer.Let(1);
        await closing.WaitAsync(EngineFixture.Patience);

        Assert.Equal(["a"], writer.Written);
        Assert.Empty(epochs);
        Assert.Equal(0, pool.Outstanding);
    }

    private SinkFeed Feed(long bytesMax) => new(
        "gated", writer, bytesMax, (epoch, _) => epochs.Enqueue(epoch), () => Interlocked.Increment(ref rooms), failures.Enqueue);

    private Chunk Chunk(string value) => TestRecord.Chunk(pool, 0, new TestRecord(null, value));

    /// <summary>A writer that writes as many elements as the test lets it.</summary>
    private sealed class GatedWriter : ISinkWriter
    {
        private readonly SemaphoreSlim permits = new(0);
        private readonly List<string> written = [];
        private volatile bool isInside;

        public bool Blocks => true;

        public bool IsInside => isInside;

        public Exception? Failure { get; set; }

        public IReadOnlyList<string> Written
        {
            get
            {
                lock (written) return [.. written];
            }
        }

        public void Let(int elements) => permits.Release(elements);

        public void Write(Element element)
        {
            isInside = true;
            permits.Wait();
            string value = TestRecord.In((Chunk)element).Single().Record.Value!;
            element.Release();
            if (Failure is { } failure) throw failure;
            lock (written) written.Add(value);
        }

        public SealedOutput? Seal(Epoch epoch)
        {
            lock (written) written.Add($"| {epoch.Value}");
            return null;
        }

        public void Dispose() => permits.Dispose();
    }
}
