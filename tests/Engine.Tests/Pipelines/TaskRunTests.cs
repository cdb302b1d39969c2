using StreamEngine.Pipelines;

namespace StreamEngine.Tests.Pipelines;

/// <summary>When a task that writes internal topics has to wait for their readers.</summary>
public sealed class TaskRunTests
{
    private const long BytesMax = 1000;

    private readonly TaskRun task = new(0, []);

    [Fact]
    public void It_waits_above_the_most_and_goes_on_well_below_it()
    {
        Assert.False(task.Hold("a", BytesMax, BytesMax));
        Assert.True(task.Hold("a", BytesMax + 1, BytesMax));
        Assert.True(task.IsHeld);
        Assert.False(task.Hold("a", 900, BytesMax));
        Assert.True(task.IsHeld);
        Assert.True(task.Hold("a", 800, BytesMax));
        Assert.False(task.IsHeld);
    }

    [Fact]
    public void It_waits_while_any_of_its_topics_is_full_whatever_room_the_others_have()
    {
        Assert.True(task.Hold("slow", BytesMax * 2, BytesMax));
        Assert.False(task.Hold("fast", 0, BytesMax));
        Assert.True(task.IsHeld);
        Assert.False(task.Hold("fast", BytesMax * 2, BytesMax));
        Assert.False(task.Hold("slow", 0, BytesMax));
        Assert.True(task.IsHeld);
        Assert.True(task.Hold("fast", 0, BytesMax));
        Assert.False(task.IsHeld);
    }

    [Fact]
    public void A_new_attempt_was_not_told_to_wait_yet()
    {
        task.Hold("a", BytesMax * 2, BytesMax);
        task.Begin();
        Assert.False(task.IsHeld);
        Assert.True(task.Hold("a", BytesMax * 2, BytesMax));
    }
}
