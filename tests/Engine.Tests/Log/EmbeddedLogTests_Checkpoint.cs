using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Tests.Log;

public sealed class EmbeddedLogTests_Checkpoint : EmbeddedLogFixture
{
    private string Copy => Folder.Combine("checkpoints", "1");

    [Fact]
    public async Task When_a_checkpoint_is_opened_then_it_is_a_log_of_its_own_with_the_same_content()
    {
        TopicInfo topic = Log.Create(new TopicSpec("orders"));
        TestTask task = await TaskAsync();
        for (int n = 0; n < 20; n++) await task.CommitAsync(topic, 0, Kilobyte("a", n));
        IReadOnlyList<string> content = LogContent.Of(Log);

        Log.Checkpoint(Copy);
        await task.CommitAsync(topic, 0, Kilobyte("late", 99));
        Log.Create(new TopicSpec("late"));
        Log.Purge(topic, 0, 10);

        using (EmbeddedLog copy = EmbeddedLog.Open(Copy, LogImage.Quiet))
        {
            Assert.Equal(content, LogContent.Of(copy));
            copy.Create(new TopicSpec("only-in-the-copy"));
        }

        Assert.Null(Log.Find("only-in-the-copy"));
        Assert.Equal(Enumerable.Range(10, 10).Append(99), Read(topic).Select(read => NumberOf(read.Record)));
        Reopen();
        Assert.Equal(Enumerable.Range(10, 10).Append(99), Read(topic).Select(read => NumberOf(read.Record)));
    }

    [Fact]
    public async Task When_the_original_is_gone_then_its_checkpoint_lives_on()
    {
        TopicInfo topic = Log.Create(new TopicSpec("orders"));
        await (await TaskAsync()).CommitAsync(topic, 0, Kilobyte("a", 1));
        IReadOnlyList<string> content = LogContent.Of(Log);
        Log.Checkpoint(Copy);

        Log.Dispose();
        Directory.Delete(LogPath, recursive: true);

        using EmbeddedLog copy = EmbeddedLog.Open(Copy, LogImage.Quiet);
        Assert.Equal(content, LogContent.Of(copy));
    }

    [Fact]
    public async Task When_checkpoints_are_made_while_tasks_commit_then_each_ends_with_a_commit()
    {
        TopicInfo topic = Log.Create(new TopicSpec("orders", 2));
        using var stop = new CancellationTokenSource();
        TestTask[] tasks = [await TaskAsync(0), await TaskAsync(1)];
        Task[] writing = [.. tasks.Select(task => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await task.Write(topic, 0, Kilobyte("a", 0)).CommitAsync(topic, 1, Kilobyte("b", 0));
        }))];

        for (int n = 0; n < 5; n++)
        {
            Log.Checkpoint(Folder.Combine("checkpoints", $"{n}"));
            using EmbeddedLog copy = EmbeddedLog.Open(Folder.Combine("checkpoints", $"{n}"), LogImage.Quiet);
            long epochs = copy.Positions(tasks[0].Claim.Task.Pipeline).Sum(found => found.Position.Epoch.Value);
            Assert.Equal((epochs, epochs), (copy.Range(topic, 0).NextOffset, copy.Range(topic, 1).NextOffset));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writing);
    }

    [Fact]
    public async Task When_a_checkpoint_is_cut_off_then_opening_it_is_refused()
    {
        TopicInfo topic = Log.Create(new TopicSpec("orders"));
        await (await TaskAsync()).CommitAsync(topic, 0, Kilobyte("a", 1));
        Log.Checkpoint(Copy);
        Directory.Delete(Copy, recursive: true);

        Assert.Equal(ErrorDomain.Data, Assert.Throws<LogDamagedException>(() => EmbeddedLog.Open(Copy, LogImage.Quiet)).Domain);
    }

    [Fact]
    public async Task When_an_older_checkpoint_had_that_place_then_its_durable_end_is_not_taken_for_the_new_one_s()
    {
        using (EmbeddedLog other = await LogImage.FillAsync(Folder.Combine("other"), 20)) other.Checkpoint(Copy);
        Directory.Delete(Copy, recursive: true);
        IReadOnlyList<string> content = LogContent.Of(Log);

        Log.Checkpoint(Copy);

        using EmbeddedLog copy = EmbeddedLog.Open(Copy, LogImage.Quiet);
        Assert.Equal(content, LogContent.Of(copy));
    }

    [Fact]
    public async Task When_there_is_such_a_folder_then_the_checkpoint_is_refused_and_the_log_goes_on()
    {
        TopicInfo topic = Log.Create(new TopicSpec("orders"));
        Directory.CreateDirectory(Copy);

        var error = Assert.Throws<EngineException>(() => Log.Checkpoint(Copy));

        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.Contains(Copy, error.Message, StringComparison.Ordinal);
        await (await TaskAsync()).CommitAsync(topic, 0, Kilobyte("a", 1));
        Assert.Single(Read(topic));
    }
}
