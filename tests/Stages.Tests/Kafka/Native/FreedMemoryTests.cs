using System.Runtime.InteropServices;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>Memory of the C library that was freed, and is used again.</summary>
public sealed class FreedMemoryTests
{
    private const int BufferBytes = 8 << 20;
    private const int PageBytes = 4096;
    private const int Rounds = 20;

    /// <summary>More, freed together, than the allocator left to itself keeps of what it has seen freed, and less than is to be kept.</summary>
    private const int BuffersAtOnce = 3;

    [SkippableFact]
    public void Large_buffers_that_were_freed_are_the_next_ones_without_fresh_pages()
    {
        Skip.IfNot(File.Exists("/proc/thread-self/stat"), "the system doesn't tell how often a thread got a fresh page");
        Skip.IfNot(FreedMemory.Keep(), "the C library isn't glibc, or the environment has its own settings for it");
        Exception? failure = null;

        // A thread of its own has an arena that nothing else uses meanwhile.
        var thread = new Thread(() => failure = Record.Exception(UseAgainAndAgain));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static void UseAgainAndAgain()
    {
        Use();
        long before = FreshPages();
        for (int round = 0; round < Rounds; round++) Use();
        Assert.InRange(FreshPages() - before, 0, BuffersAtOnce * (BufferBytes / PageBytes));
    }

    private static void Use()
    {
        var buffers = new Stack<nint>();
        while (buffers.Count < BuffersAtOnce)
        {
            buffers.Push(Marshal.AllocHGlobal(BufferBytes));
            for (int at = 0; at < BufferBytes; at += PageBytes) Marshal.WriteByte(buffers.Peek(), at, 1);
        }

        while (buffers.TryPop(out nint buffer)) Marshal.FreeHGlobal(buffer);
    }

    /// <summary>How often this thread needed a page that the system had to make.</summary>
    private static long FreshPages()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], System.Globalization.CultureInfo.InvariantCulture);
    }
}
