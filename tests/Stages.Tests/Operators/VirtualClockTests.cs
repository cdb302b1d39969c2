using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>The clock that stands still until it is told to go on.</summary>
public sealed class VirtualClockTests
{
    private readonly VirtualClock clock = new();
    private readonly List<string> fired = [];

    [Fact]
    public void Time_passes_only_as_it_is_told()
    {
        DateTimeOffset begin = clock.GetUtcNow();
        long stamp = clock.GetTimestamp();
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), begin);
        clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(begin.AddSeconds(90), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(90), clock.GetElapsedTime(stamp));
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_read_the_time_they_were_due_at()
    {
        using ITimer late = Timer("late", 5);
        using ITimer early = Timer("early", 2);
        using ITimer repeated = Timer("repeated", 1, period: 2);
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["repeated at 1", "early at 2", "repeated at 3"], fired);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["late at 5", "repeated at 5"], fired[3..].Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_timer_that_is_changed_or_disposed_of_fires_as_it_was_told_last()
    {
        ITimer gone = Timer("gone", 1);
        using ITimer moved = Timer("moved", 1);
        using ITimer off = Timer("off", 1);
        gone.Dispose();
        moved.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        off.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["moved at 3"], fired);
    }

    [Fact]
    public void A_timer_may_set_another_that_comes_due_on_the_same_way()
    {
        ITimer? second = null;
        using ITimer first = clock.CreateTimer(_ => second = Timer("second", 2), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["second at 3"], fired);
        second!.Dispose();
    }

    [Fact]
    public async Task A_delay_by_the_clock_ends_when_it_has_advanced_far_enough()
    {
        Task delay = Task.Delay(TimeSpan.FromHours(1), clock);
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
    }

    private ITimer Timer(string name, int seconds, int? period = null)
    {
        DateTimeOffset begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return clock.CreateTimer(
            _ => fired.Add($"{name} at {(clock.GetUtcNow() - begin).TotalSeconds}"),
            null,
            TimeSpan.FromSeconds(seconds),
            period is { } every ? TimeSpan.FromSeconds(every) : Timeout.InfiniteTimeSpan);
    }
}
