using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

/// <summary>What uses a closed log is told so; native code that used a closed database would take the process with it.</summary>
public sealed class EmbeddedLogTests_Dispose : EmbeddedLogFixture
{
    [Fact]
    public async Task When_the_log_is_closed_then_whatever_uses_it_is_told_so()
    {
        TopicInfo topic = Log.Create(new TopicSpec("topic"));
        TestTask task = await TaskAsync();
        PipelineName pipeline = task.Claim.Task.Pipeline;
        IStateReader state = Log.ReadState(Log.OpenState(pipeline, new StateSpec("state", "bytes", 1)));
        await task.CommitAsync(topic, 0, Kilobyte("a", 0));
        ILogReader reader = Log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);

        Log.Dispose();
        Log.Dispose();

        Assert.Throws<ObjectDisposedException>(() => reader.Poll(TimeSpan.Zero));
        Assert.Throws<ObjectDisposedException>(() => state.TryRead(0, "key"u8, new ByteWriter()));
        Assert.Throws<ObjectDisposedException>(() => Log.Positions(pipeline));
        Assert.Throws<ObjectDisposedException>(() => Log.Unpublished(pipeline));
        Assert.Throws<ObjectDisposedException>(() => Log.OffsetAt(topic, 0, 0));
        Assert.Throws<ObjectDisposedException>(() => Log.Purge(topic, 0, 1));
        Assert.Throws<ObjectDisposedException>(() => Log.Create(new TopicSpec("late")));
        Assert.Throws<ObjectDisposedException>(() => Log.WriteHome(pipeline, StartId.New(), Array.Empty<byte>(), 1));
        Assert.Throws<ObjectDisposedException>(() => Log.Checkpoint(Folder.Combine("checkpoint")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => task.CommitAsync(topic, 0, Kilobyte("a", 1)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => TaskAsync(attempt: 2));
        reader.Dispose();
    }

    [Fact]
    public async Task When_the_log_is_closed_under_readers_and_writers_then_they_end_with_that_and_everything_acknowledged_stays()
    {
        TopicInfo topic = Log.Create(new TopicSpec("topic", 2));
        TestTask[] tasks = [await TaskAsync(0), await TaskAsync(1)];
        long acknowledged = 0;
        using var busy = new CountdownEvent(40);
        Task[] writing = [.. tasks.Select(task => Task.Run(async () =>
        {
            while (true)
            {
                await task.CommitAsync(topic, 0, Kilobyte("a", 0));
                Interlocked.Increment(ref acknowledged);
                if (!busy.IsSet) busy.Signal();
            }
        }))];
        Task[] reading = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (true) Read(topic, 0);
        }))];
        Assert.True(busy.Wait(TimeSpan.FromSeconds(30)));

        Log.Dispose();

        foreach (Task ended in (Task[])[.. writing, .. reading]) await Assert.ThrowsAsync<ObjectDisposedException>(() => ended.WaitAsync(TimeSpan.FromSeconds(30)));
        Reopen();
        Assert.True(Log.Range(topic, 0).NextOffset >= acknowledged);
    }
}
