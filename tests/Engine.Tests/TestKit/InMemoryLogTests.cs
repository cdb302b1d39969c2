using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Tests.TestKit;

/// <summary>What the log in memory has beyond the contract, which its conformance class tests.</summary>
public sealed class InMemoryLogTests : IDisposable
{
    private readonly TestClock clock = new();
    private readonly InMemoryLog log;
    private readonly TestTask task;

    public InMemoryLogTests()
    {
        log = new InMemoryLog(clock);
        var pipeline = new PipelineName("test");
        var start = StartId.New();
        log.WriteHome(pipeline, start, Array.Empty<byte>(), 0);
        task = new TestTask(
            log,
            new TaskClaim(new TaskId(pipeline, "test", 0), start, new Generation(1), 1),
            log.Create(new TopicSpec("dead-letters")),
            [new SourcePartitionId("input", "0")]);
    }

    public void Dispose()
    {
        task.Dispose();
        log.Dispose();
    }

    [Fact]
    public async Task When_retention_is_asked_for_then_chunks_go_that_are_too_old_by_the_clock()
    {
        TopicInfo topic = log.Create(new TopicSpec("timed") { RetentionTime = TimeSpan.FromHours(1) });
        await task.BeginAsync();
        for (int n = 0; n < 4; n++)
        {
            await task.CommitAsync(topic, 0, new TestRecord("a", $"{n}"), new TestRecord("b", $"{n}"));
            clock.Advance(TimeSpan.FromMinutes(30));
        }

        Assert.Equal(0, log.Range(topic, 0).FirstOffset);
        log.Retain();

        Assert.Equal((4, 8), (log.Range(topic, 0).FirstOffset, log.Range(topic, 0).NextOffset));
    }

    [Fact]
    public async Task When_retention_is_asked_for_then_a_partition_keeps_its_youngest_chunks_of_that_size()
    {
        TopicInfo topic = log.Create(new TopicSpec("sized") { RetentionBytes = 2500 });
        await task.BeginAsync();
        for (int n = 0; n < 4; n++) await task.CommitAsync(topic, 0, new TestRecord("a", new string('v', 1000)));

        log.Retain();

        Assert.Equal((2, 4), (log.Range(topic, 0).FirstOffset, log.Range(topic, 0).NextOffset));
        Assert.InRange(log.Range(topic, 0).Bytes, 2000, 2500);
    }

    [Fact]
    public async Task When_a_commit_returns_then_it_is_done()
    {
        TopicInfo topic = log.Create(new TopicSpec("topic"));
        Assert.True(task.BeginAsync().IsCompletedSuccessfully);

        Assert.True(task.CommitAsync(topic, 0, new TestRecord("a", "b")).IsCompletedSuccessfully);

        Assert.Equal(1, log.Range(topic, 0).NextOffset);
        await task.CommitAsync();
    }

    [Fact]
    public async Task When_it_is_disposed_then_readers_that_wait_fail_and_so_do_writers()
    {
        TopicInfo topic = log.Create(new TopicSpec("topic"));
        await task.BeginAsync();
        using ILogReader reader = log.OpenReader(new ChunkPool());
        reader.Assign(topic, 0, 0);
        Task<LogChunk?> waiting = Task.Factory.StartNew(
            () => reader.Poll(TimeSpan.FromHours(1)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        log.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => task.CommitAsync(topic, 0, new TestRecord("a", "b")));
        Assert.Throws<ObjectDisposedException>(() => log.Create(new TopicSpec("late")));
    }
}
