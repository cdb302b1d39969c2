using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Kafka;

namespace StreamEngine.Stages.Tests.Kafka;

/// <summary>That readers never hold more than there is, and have even parts of it in the end.</summary>
public sealed class FetchMemoryTests
{
    private const long Reader = 8 << 20;

    [Fact]
    public void Two_readers_have_as_much_as_they_can_use()
    {
        var memory = new FetchMemory(KafkaLogOptions.FetchMemoryBytes);
        using FetchMemory.Share one = memory.Open(Reader), other = memory.Open(Reader);
        Assert.Equal((Reader, Reader), (one.Bytes, other.Bytes));
        Assert.Null(one.Changed());
    }

    [Fact]
    public void A_reader_that_comes_late_has_what_is_free_until_the_others_have_given_back()
    {
        var memory = new FetchMemory(2 * Reader);
        using FetchMemory.Share one = memory.Open(Reader), other = memory.Open(Reader);
        using FetchMemory.Share late = memory.Open(Reader);
        Assert.Equal(FetchMemory.LeastBytes, late.Bytes);
        Assert.Null(late.Changed());

        Assert.Equal(Reader / 2, one.Changed());
        one.Settle(Reader / 2);
        Assert.Equal(Reader / 2, other.Changed());
        other.Settle(Reader / 2);
        Assert.Equal(Reader / 2, late.Changed());
        Assert.Equal(3 * Reader / 2, memory.HeldBytes);
    }

    [Fact]
    public void A_reader_that_could_not_follow_is_told_again()
    {
        var memory = new FetchMemory(Reader);
        using FetchMemory.Share one = memory.Open(Reader), other = memory.Open(Reader);
        Assert.Equal(Reader / 2, one.Changed());
        one.Settle(Reader);
        Assert.Equal(Reader / 2, one.Changed());
    }

    [Fact]
    public void Less_memory_makes_all_of_them_smaller()
    {
        var memory = new FetchMemory(KafkaLogOptions.FetchMemoryBytes);
        using FetchMemory.Share one = memory.Open(Reader), other = memory.Open(Reader);
        memory.Limit(4 << 20);
        Assert.Equal((2 << 20, 2 << 20), (one.Changed(), other.Changed()));
    }

    [Fact]
    public void However_readers_come_and_go_no_more_is_held_than_there_is_and_in_the_end_all_have_the_same() =>
        Gen.Select(Gen.Int[1, 64], Gen.Int[0, 99].Array[1, 60]).Sample((megabytes, steps) =>
        {
            var memory = new FetchMemory((long)megabytes << 20);
            var open = new List<FetchMemory.Share>();
            foreach (int step in steps)
            {
                if (step < 45) open.Add(memory.Open(Reader));
                else if (open.Count > 0 && step < 65) Close(open, step % open.Count);
                else if (open.Count > 0) Follow(open[step % open.Count]);
                Assert.True(memory.HeldBytes <= Math.Max((long)megabytes << 20, 0) + (open.Count * FetchMemory.LeastBytes), $"{open.Count} readers hold {memory.HeldBytes}");
            }

            // Those that have less to be go first in one round, and the others find it in the next.
            for (int round = 0; round < 2; round++) open.ForEach(Follow);
            Assert.True(open.Select(share => share.Bytes).Distinct().Count() <= 1);
            Assert.True(open.Count == 0 || memory.HeldBytes <= Math.Max((long)megabytes << 20, open.Count * FetchMemory.LeastBytes));
            Assert.All(open, share => Assert.Null(share.Changed()));
        },
        iter: PropertyRuns.Of(300));

    private static void Close(List<FetchMemory.Share> open, int which)
    {
        open[which].Dispose();
        open.RemoveAt(which);
    }

    private static void Follow(FetchMemory.Share share)
    {
        if (share.Changed() is { } bytes) share.Settle(bytes);
    }
}
