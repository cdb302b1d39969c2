namespace StreamEngine.Benchmarks.Kafka;

/// <summary>Waits for what can only be asked for.</summary>
internal static class Condition
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks again and again until it is so.</summary>
    /// <returns>False when the patience was over first.</returns>
    public static async Task<bool> BecomesTrueAsync(Func<Task<bool>> condition, TimeSpan patience, CancellationToken stop)
    {
        long until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        using var timer = new PeriodicTimer(LookInterval);
        while (!await condition())
        {
            if (Environment.TickCount64 > until) return false;
            await timer.WaitForNextTickAsync(stop);
        }

        return true;
    }
}
