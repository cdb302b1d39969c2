namespace StreamEngine.Benchmarks.Kafka;

/// <summary>The threads of a rival, which run until the process is asked to stop or one of them fails.</summary>
internal static class RivalThreads
{
    /// <param name="count">How many.</param>
    /// <param name="loop">What each does, given its number from 0, until the token says stop.</param>
    /// <returns>The exit code: 0 when stopped, 1 when one failed.</returns>
    public static int Run(int count, Action<int, CancellationToken> loop)
    {
        using var interrupt = new Interrupt();
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, count).Select(number => new Thread(() => Guarded(number)) { Name = $"rival-{number}" })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failure is null) return 0;
        Console.Error.WriteLine(failure);
        return 1;

        void Guarded(int number)
        {
            try
            {
                loop(number, interrupt.Token);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
                interrupt.Cancel();
            }
        }
    }
}
