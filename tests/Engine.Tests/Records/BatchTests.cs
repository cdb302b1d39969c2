using StreamEngine.Conformance;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class BatchTests
{
    private readonly BatchPool<string, int> pool = new();

    [Fact]
    public void When_records_are_added_then_they_are_there_in_order()
    {
        Batch<string, int> batch = pool.Rent();
        for (int n = 0; n < Batch<string, int>.RecordsMax; n++)
        {
            Assert.False(batch.IsFull);
            batch.Add(new Record<string, int>($"{n}", n, n), size: 10);
        }

        Assert.True(batch.IsFull);
        Assert.Equal((Batch<string, int>.RecordsMax, 10 * Batch<string, int>.RecordsMax), (batch.Records, batch.Bytes));
        for (int n = 0; n < batch.Records; n++) Assert.Equal(($"{n}", n), (batch.Span[n].Key, batch.Span[n].Value));
    }

    [Fact]
    public void When_a_batch_is_released_then_it_comes_back_empty()
    {
        Batch<string, int> batch = pool.Rent();
        batch.Add(new Record<string, int>("a", 1, 0), 1);
        Assert.Equal(1, pool.Outstanding);

        batch.Release();

        Assert.Equal(0, pool.Outstanding);
        Batch<string, int> again = pool.Rent();
        Assert.Same(batch, again);
        Assert.Equal((0, 0), (again.Records, again.Bytes));
    }

    [Fact]
    public void When_a_batch_holds_a_chunk_then_the_chunk_lives_as_long_as_the_batch()
    {
        var chunks = new ChunkPool();
        Chunk chunk = TestRecord.Chunk(chunks, 0, new TestRecord("a", "b"));
        Batch<string, int> batch = pool.Rent();
        batch.Hold(chunk);
        batch.Hold(chunk);
        chunk.Release();
        Assert.Equal(1, chunks.Outstanding);

        batch.Release();

        Assert.Equal(0, chunks.Outstanding);
    }

    [Fact]
    public void When_a_batch_holds_one_chunk_then_it_takes_no_other()
    {
        var chunks = new ChunkPool();
        Batch<string, int> batch = pool.Rent();
        batch.Hold(chunks.Rent());

        Assert.Throws<InvalidOperationException>(() => batch.Hold(chunks.Rent()));
    }

    [Fact]
    public void When_holds_and_releases_don_t_match_then_that_is_said()
    {
        Batch<string, int> batch = pool.Rent();
        batch.Retain();
        batch.Release();
        Assert.Equal(1, pool.Outstanding);
        batch.Release();

        Assert.Throws<InvalidOperationException>(batch.Release);
        Assert.Throws<InvalidOperationException>(batch.Retain);
    }
}
