using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class ChunkPoolTests
{
    private readonly ChunkPool pool = new();

    [Fact]
    public void When_a_chunk_is_released_then_its_memory_is_used_again()
    {
        Chunk first = pool.Rent();
        byte[] memory = first.Buffer;
        Assert.Equal(1, pool.Outstanding);

        first.Release();

        Assert.Equal(0, pool.Outstanding);
        Assert.Same(memory, pool.Rent().Buffer);
    }

    [Fact]
    public void When_a_chunk_has_several_holds_then_the_last_release_gives_it_back()
    {
        Chunk chunk = pool.Rent();
        chunk.Retain();

        chunk.Release();
        Assert.Equal(1, pool.Outstanding);
        chunk.Release();

        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void When_a_chunk_is_released_once_too_often_then_that_is_said()
    {
        Chunk chunk = pool.Rent();
        chunk.Release();

        Assert.Throws<InvalidOperationException>(chunk.Release);
        Assert.Throws<InvalidOperationException>(chunk.Retain);
    }

    [Fact]
    public void When_a_chunk_is_larger_than_usual_then_its_memory_is_not_kept()
    {
        Chunk large = pool.Rent(ChunkPool.StandardBytes + 1);
        Assert.True(large.Buffer.Length > ChunkPool.StandardBytes);
        byte[] memory = large.Buffer;

        large.Release();

        Assert.Equal(0, pool.Outstanding);
        Assert.NotSame(memory, pool.Rent().Buffer);
    }

    [Fact]
    public void When_the_pool_is_closed_then_what_comes_back_is_let_go()
    {
        Chunk kept = pool.Rent(), late = pool.Rent();
        byte[] keptMemory = kept.Buffer, lateMemory = late.Buffer;
        kept.Release();

        pool.Close();
        late.Release();

        Assert.Equal(0, pool.Outstanding);
        byte[] next = pool.Rent().Buffer;
        Assert.NotSame(keptMemory, next);
        Assert.NotSame(lateMemory, next);
    }

    [Fact]
    public void When_threads_rent_and_release_at_once_then_no_two_of_them_have_the_same_memory()
    {
        Parallel.For(0, 4, thread =>
        {
            for (int n = 0; n < 2000; n++)
            {
                Chunk chunk = pool.Rent();
                chunk.Buffer.AsSpan(0, 64).Fill((byte)thread);
                Assert.Equal(64, chunk.Buffer.AsSpan(0, 64).Count((byte)thread));
                chunk.Release();
            }
        });

        Assert.Equal(0, pool.Outstanding);
    }
}
