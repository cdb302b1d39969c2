using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Tests.Tasks;

/// <summary>The plain classes of a task: what aligns barriers, follows an epoch, keeps its shares, decides on waits.</summary>
public sealed class TaskPartsTests
{
    [Fact]
    public void An_input_that_has_delivered_its_barrier_is_held_until_the_last_has()
    {
        var aligner = new BarrierAligner(3);

        Assert.False(aligner.Arrive(1, new Epoch(5)));
        Assert.True(aligner.IsHeld(1));
        Assert.False(aligner.IsHeld(0));
        Assert.False(aligner.Arrive(0, new Epoch(5)));
        Assert.True(aligner.Arrive(2, new Epoch(5)));
        Assert.All(Enumerable.Range(0, 3), input => Assert.False(aligner.IsHeld(input)));
        Assert.False(aligner.Arrive(2, new Epoch(6)));
    }

    [Fact]
    public void A_single_input_is_never_held() => Assert.True(new BarrierAligner(1).Arrive(0, new Epoch(1)));

    [Fact]
    public void A_barrier_of_another_epoch_or_a_second_one_breaks_the_alignment()
    {
        var aligner = new BarrierAligner(2);
        aligner.Arrive(0, new Epoch(5));

        Assert.Throws<InvalidOperationException>(() => aligner.Arrive(1, new Epoch(6)));
        Assert.Throws<InvalidOperationException>(() => aligner.Arrive(0, new Epoch(5)));
        Assert.True(aligner.Arrive(1, new Epoch(5)));
    }

    [Fact]
    public void An_epoch_is_sealed_when_every_source_and_every_sink_has_said_so()
    {
        var tracker = new EpochTracker(sources: 2, sinks: 2);
        Assert.Null(tracker.Open);
        Assert.False(tracker.SourcesAreDone);
        tracker.Begin(new Epoch(3));

        tracker.SinkSealed(1, new Epoch(3), null);
        tracker.SourceAt(0, new Epoch(3), [(7, new Position("x", "1"))]);
        Assert.False(tracker.SourcesAreDone);
        tracker.SourceAt(1, new Epoch(3), []);
        Assert.True(tracker.SourcesAreDone);
        Assert.False(tracker.IsSealed);
        Assert.Equal([0], tracker.SinksLeft);
        tracker.SinkSealed(0, new Epoch(3), new SealedStage("sink", default, 4));

        Assert.True(tracker.IsSealed);
        Assert.Equal([(0, 7, new Position("x", "1"))], tracker.Moved);
        Assert.Single(tracker.Outputs);
        tracker.End();
        Assert.Null(tracker.Open);
        Assert.Empty(tracker.Moved);
        Assert.Empty(tracker.Outputs);
    }

    [Fact]
    public void Positions_can_be_taken_ahead_of_the_output()
    {
        var tracker = new EpochTracker(1, 1);
        tracker.Begin(new Epoch(1));
        tracker.SourceAt(0, new Epoch(1), [(0, new Position("x", "1"))]);

        Assert.Single(tracker.TakeMoved());
        Assert.Empty(tracker.Moved);
        Assert.True(tracker.SourcesAreDone);
    }

    [Fact]
    public void Who_reports_an_epoch_that_it_does_not_owe_is_refused()
    {
        var tracker = new EpochTracker(1, 1);
        Assert.Throws<InvalidOperationException>(() => tracker.SourceAt(0, new Epoch(1), []));
        tracker.Begin(new Epoch(1));

        Assert.Throws<InvalidOperationException>(() => tracker.Begin(new Epoch(2)));
        Assert.Throws<InvalidOperationException>(() => tracker.SinkSealed(0, new Epoch(2), null));
        tracker.SinkSealed(0, new Epoch(1), null);
        Assert.Throws<InvalidOperationException>(() => tracker.SinkSealed(0, new Epoch(1), null));
    }

    [Fact]
    public void The_ledger_gives_out_the_share_of_each_epoch_once()
    {
        var ledger = new EpochLedger();
        var changes = new StateChanges(new StateInfo(1, new StateSpec("counts", "", 1)));
        changes.Delete(0, [1]);
        var letter = new DeadLetter("copy", "select", null, 0, 0, "Error", "no");
        ledger.Add(new Epoch(2), letter);
        ledger.Add(new Epoch(1), changes);
        ledger.Add(new Epoch(1), new StateChanges(changes.State));

        (IReadOnlyList<StateChanges> state, IReadOnlyList<DeadLetter> letters) = ledger.Take(new Epoch(1));
        Assert.Equal([changes], state);
        Assert.Empty(letters);
        Assert.Empty(ledger.Take(new Epoch(1)).State);
        Assert.Equal([letter], ledger.Take(new Epoch(2)).Letters);
    }

    [Fact]
    public void Waits_before_another_try_double_up_to_the_longest()
    {
        var policy = new ErrorPolicy(true, 10, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

        Assert.Equal([100, 200, 400, 800], Enumerable.Range(1, 4).Select(attempt => policy.DelayAfter(attempt).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromSeconds(5), policy.DelayAfter(7));
        Assert.Equal(TimeSpan.FromSeconds(5), policy.DelayAfter(int.MaxValue));
    }
}
