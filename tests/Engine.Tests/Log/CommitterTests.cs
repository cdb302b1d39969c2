using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;

namespace StreamEngine.Tests.Log;

/// <summary>What the committer makes of commits that wait together.</summary>
public sealed class CommitterTests : EmbeddedLogFixture
{
    [Fact]
    public async Task When_commits_wait_then_one_write_serves_all_of_them()
    {
        TopicInfo topic = Log.Create(new TopicSpec("shared"));
        TestTask[] tasks = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(number => TaskAsync(number)))];
        using var gate = new ManualResetEventSlim();
        Task held = Hold(gate);
        Task[] commits = [.. tasks.Select((task, n) => task.CommitAsync(topic, 0, Kilobyte("a", n)))];
        long before = Log.Catalog.CommitNumber;

        gate.Set();
        await Task.WhenAll([held, .. commits]);

        Assert.Equal(before + 1, Log.Catalog.CommitNumber);
        Assert.Equal(Enumerable.Range(0, 8), Read(topic).Select(read => NumberOf(read.Record)));
    }

    [Fact]
    public async Task When_one_commit_of_a_group_is_refused_then_the_others_stand()
    {
        TopicInfo topic = Log.Create(new TopicSpec("shared"));
        TestTask[] tasks = [await TaskAsync(0), await TaskAsync(1), await TaskAsync(2)];
        EpochCommit[] epochs = [.. tasks.Select((task, n) => task.Write(topic, 0, Kilobyte("a", n)).Seal())];
        using var gate = new ManualResetEventSlim();
        Task held = Hold(gate);
        Task first = tasks[0].CommitAsync(epochs[0]), refused = tasks[1].CommitAsync(epochs[1] with { Epoch = new(7) }), last = tasks[2].CommitAsync(epochs[2]);

        gate.Set();
        await Task.WhenAll(held, first, last);

        Assert.Equal(RefusalReason.WrongEpoch, (await Assert.ThrowsAsync<CommitRefusedException>(() => refused)).Reason);
        Assert.Equal([(0, 0), (1, 2)], Read(topic).Select(read => ((int)read.Offset, NumberOf(read.Record))));
    }

    [Fact]
    public async Task When_an_attempt_comes_behind_a_commit_that_waits_then_it_finds_it_committed()
    {
        TopicInfo topic = Log.Create(new TopicSpec("topic"));
        TestTask old = await TaskAsync();
        EpochCommit epoch = old.Write(topic, 0, Kilobyte("a", 0)).Seal();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        Task held = Hold(gate);
        Task commit = old.Session.CommitAsync(epoch, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => commit);
        epoch.Release();
        Task<TestTask> beginning = TaskAsync(attempt: 2);

        gate.Set();
        await held;

        TestTask next = await beginning;
        Assert.Equal(1, next.Last.Value);
        Assert.Single(Read(topic));
        SpinWait.SpinUntil(() => old.Pool.Outstanding == 0, TimeSpan.FromSeconds(30));
        Assert.Equal(0, old.Pool.Outstanding);
    }

    [Fact]
    public async Task When_a_write_breaks_in_its_middle_then_nothing_of_it_is_written_and_the_log_goes_on()
    {
        TopicInfo topic = Log.Create(new TopicSpec("topic"));
        TestTask task = await TaskAsync();
        IReadOnlyList<string> content = LogContent.Of(Log);

        Assert.Throws<InvalidOperationException>(() => Log.Committer.Write(transaction =>
        {
            transaction.Change(Log.Catalog.Get(topic, 0), new PartitionRecord(0, 100, 100, 0, 0));
            transaction.Batch.Put(LogLayout.Topics, LogLayout.NumberKey('t', topic.Number), "broken"u8);
            throw new FormatException("in its middle");
        }));

        Assert.Equal(content, LogContent.Of(Log));
        await task.CommitAsync(topic, 0, Kilobyte("a", 0));
        Reopen();
        Assert.Equal(0, Assert.Single(Read(topic)).Offset);
    }

    /// <summary>Keeps the committer busy until the gate opens; returns when it is.</summary>
    private Task Hold(ManualResetEventSlim gate)
    {
        var reached = new TaskCompletionSource();
        Task held = Log.Committer.Submit(new SingleWrite(_ =>
        {
            reached.SetResult();
            gate.Wait();
        }));
        reached.Task.Wait();
        return held;
    }
}
