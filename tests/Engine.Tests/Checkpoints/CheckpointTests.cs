using System.Globalization;
using StreamEngine.Checkpoints;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Checkpoints;

/// <summary>Checkpoints: taken while pipelines run, listed, put back elsewhere; half a one and a damaged one never are.</summary>
public sealed class CheckpointTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new([.. Enumerable.Range(0, 10).Select(n => $"n{n}")]);
    private readonly DataDirectory directory;

    public CheckpointTests()
    {
        directory = DataDirectory.Open(Path.Combine(engines.FolderPath, "data"));
        engines.CheckpointsPath = directory.CheckpointsPath;
    }

    public async ValueTask DisposeAsync()
    {
        directory.Dispose();
        await engines.DisposeAsync();
    }

    [Fact]
    public async Task One_that_is_taken_while_pipelines_run_is_put_back_and_they_go_on_without_loss_or_double()
    {
        CheckpointEntry taken;
        using (EmbeddedLog log = EmbeddedLog.Open(directory.LogPath))
        {
            EngineRuntime engine = engines.CreateOn(log, Count());
            Task run = engine.RunAsync(follows: true);
            Task writing = Task.Run(() =>
            {
                for (int n = 10; n < 1000; n++) system.Add(0, $"n{n}");
            });
            EngineFixture.Await(() => engine.Statuses[0].Totals.RecordsOut > 0, "something is committed");
            taken = await engine.TakeCheckpointAsync().WaitAsync(EngineFixture.Patience);
            Assert.Equal(taken.Id, Assert.Single(await engine.GetCheckpointsAsync()).Id);
            await writing;
            for (int n = 1000; n < 2000; n++) system.Add(0, $"n{n}");
            EngineFixture.Await(() => engine.Statuses[0].Totals.RecordsIn >= 2000, "the rest is read");
            await engine.StopAsync().WaitAsync(EngineFixture.Patience);
            await run;
            await engines.CloseAsync(engine);
        }

        using DataDirectory other = DataDirectory.Open(Path.Combine(engines.FolderPath, "other"));
        CopyFolder(directory.CheckpointsPath, other.CheckpointsPath);
        Assert.Null(CheckpointStore.Restore(other, taken.Id));

        using EmbeddedLog restored = EmbeddedLog.Open(other.LogPath);
        Assert.NotEqual(taken.Log, restored.Id);
        Assert.Equal(
            taken.Positions.Select(position => (position.Source, position.Partition, position.At)).Order(),
            restored.Positions(new PipelineName("count")).Select(held => (held.Position.Partition.Source, held.Position.Partition.Partition, held.Position.Position.At)).Order());
        Assert.True(Total(restored) < 2000, $"{Total(restored)} are counted in the checkpoint");
        EngineRuntime again = engines.CreateOn(restored, Count());
        await again.RunAsync(follows: false).WaitAsync(EngineFixture.Patience);
        Assert.Null(again.Statuses[0].Failure);
        await engines.CloseAsync(again);
        Assert.Equal(2000, Total(restored));
    }

    [Fact]
    public void The_log_that_was_there_is_kept_beside_the_one_that_is_put_back()
    {
        CheckpointEntry taken;
        using (EmbeddedLog log = EmbeddedLog.Open(directory.LogPath))
        {
            log.Create(new TopicSpec("before"));
            taken = CheckpointStore.Take(log, directory.CheckpointsPath, Noon);
            log.Create(new TopicSpec("after"));
        }

        string kept = CheckpointStore.Restore(directory, taken.Id)!;

        using (EmbeddedLog restored = EmbeddedLog.Open(directory.LogPath)) Assert.Equal(["before"], restored.Topics().Select(topic => topic.Name));
        using EmbeddedLog old = EmbeddedLog.Open(kept);
        Assert.Equal(["after", "before"], old.Topics().Select(topic => topic.Name));
    }

    [Theory]
    [InlineData("*.sst")]
    [InlineData("MANIFEST-*")]
    [InlineData("OPTIONS-*")]
    [InlineData("CURRENT")]
    [InlineData("manifest.json")]
    [InlineData("log.end")]
    public void A_damaged_one_is_refused_and_nothing_is_changed(string pattern)
    {
        CheckpointEntry taken = TakeOne();
        foreach (string file in Directory.GetFiles(Path.Combine(directory.CheckpointsPath, taken.Id), pattern, SearchOption.AllDirectories)) Damage(file);

        EngineException error = Assert.Throws<EngineException>(() => CheckpointStore.Restore(directory, taken.Id));

        Assert.Equal(ErrorDomain.Data, error.Domain);
        Assert.Contains(taken.Id, error.Message, StringComparison.Ordinal);
        using EmbeddedLog log = EmbeddedLog.Open(directory.LogPath);
        Assert.Equal(["numbers"], log.Topics().Select(topic => topic.Name));
    }

    [Theory]
    [InlineData("*.sst")]
    [InlineData("manifest.json")]
    public void One_that_lacks_a_file_is_listed_as_unusable_and_refused(string pattern)
    {
        CheckpointEntry taken = TakeOne();
        File.Delete(Directory.GetFiles(Path.Combine(directory.CheckpointsPath, taken.Id), pattern, SearchOption.AllDirectories)[0]);

        (CheckpointEntry entry, string? problem) = Assert.Single(CheckpointStore.List(directory.CheckpointsPath));
        Assert.Equal(taken.Id, entry.Id);
        Assert.NotNull(problem);
        Assert.Throws<EngineException>(() => CheckpointStore.Restore(directory, taken.Id));
    }

    [Fact]
    public void One_that_there_is_not_is_refused() =>
        Assert.Contains("there is none", Assert.Throws<EngineException>(() => CheckpointStore.Restore(directory, "20260101-000000-000")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_a_crash_has_left_unfinished_is_removed_by_the_next_one_and_never_listed_as_whole()
    {
        CheckpointEntry taken = TakeOne();
        string half = Path.Combine(directory.CheckpointsPath, "20251231-235959-999");
        CopyFolder(Path.Combine(directory.CheckpointsPath, taken.Id), half);
        File.Move(Path.Combine(half, "manifest.json"), Path.Combine(half, "manifest.json.new"));
        string foreign = Directory.CreateDirectory(Path.Combine(directory.CheckpointsPath, "notes")).FullName;
        Assert.Contains("never finished", CheckpointStore.List(directory.CheckpointsPath)[0].Problem!, StringComparison.Ordinal);
        Assert.DoesNotContain(CheckpointStore.Entries(directory.CheckpointsPath), entry => entry.Id == Path.GetFileName(half));

        using EmbeddedLog log = EmbeddedLog.Open(directory.LogPath);
        CheckpointEntry next = CheckpointStore.Take(log, directory.CheckpointsPath, Noon);

        Assert.False(Directory.Exists(half));
        Assert.True(Directory.Exists(foreign));
        Assert.NotEqual(taken.Id, next.Id);
        Assert.All(CheckpointStore.List(directory.CheckpointsPath), listed => Assert.Null(listed.Problem));
    }

    [Fact]
    public void One_that_fails_leaves_nothing_behind()
    {
        EmbeddedLog log = EmbeddedLog.Open(directory.LogPath);
        log.Dispose();

        Assert.ThrowsAny<Exception>(() => CheckpointStore.Take(log, directory.CheckpointsPath, Noon));

        Assert.Empty(Directory.GetDirectories(directory.CheckpointsPath));
    }

    [Fact]
    public async Task Only_the_youngest_are_kept_and_a_removed_journal_forgets_none()
    {
        engines.Settings = "stream-engine.checkpoints.keep = 2";
        using EmbeddedLog log = EmbeddedLog.Open(directory.LogPath);
        EngineRuntime first = engines.CreateOn(log, Count());
        CheckpointEntry[] taken = [await first.TakeCheckpointAsync(), await first.TakeCheckpointAsync(), await first.TakeCheckpointAsync()];
        await engines.CloseAsync(first);

        // The journal of this engine is in memory, so the next one has none.
        EngineRuntime second = engines.CreateOn(log, Count());
        Assert.Equal(taken.Skip(1).Select(entry => entry.Id), (await second.GetCheckpointsAsync()).Select(entry => entry.Id));
        await second.TakeCheckpointAsync();
        EngineFixture.Await(() => CheckpointStore.Entries(directory.CheckpointsPath).Count == 2, "the oldest is removed");
        Assert.Contains(taken[2].Id, CheckpointStore.Entries(directory.CheckpointsPath).Select(entry => entry.Id));
        await engines.CloseAsync(second);
    }

    [Fact]
    public async Task Of_a_log_that_is_not_the_engines_own_none_can_be_taken()
    {
        EngineRuntime engine = engines.Create(Count());

        EngineException error = await Assert.ThrowsAsync<EngineException>(engine.TakeCheckpointAsync);

        Assert.Contains("embedded log only", error.Message, StringComparison.Ordinal);
    }

    private CheckpointEntry TakeOne()
    {
        using EmbeddedLog log = EmbeddedLog.Open(directory.LogPath);
        log.Create(new TopicSpec("numbers"));
        return CheckpointStore.Take(log, directory.CheckpointsPath, Noon);
    }

    private PipelineBuilder Count()
    {
        var pipeline = new PipelineBuilder("count");
        pipeline.From(system.AsSource()).KeyBy(value => value[^1..]).Count("counts").To(Topic.Of<string, long>("counts"));
        return pipeline;
    }

    /// <summary>How many records are counted, by the last count of each key.</summary>
    private static int Total(EmbeddedLog log)
    {
        int total = 0;
        foreach (StateInfo state in log.States(new PipelineName("count")))
        {
            IStateReader reader = log.ReadState(state);
            var value = new ByteWriter();
            for (int digit = 0; digit < 10; digit++)
            {
                for (int partition = 0; partition < state.Spec.Partitions; partition++)
                {
                    if (reader.TryRead(partition, System.Text.Encoding.UTF8.GetBytes(digit.ToString(CultureInfo.InvariantCulture)), value)) total += (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(value.Written);
                }
            }
        }

        return total;
    }

    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        for (int n = bytes.Length / 3; n < Math.Min(bytes.Length, (bytes.Length / 3) + 8); n++) bytes[n] ^= 0x5a;

        // In a file of its own: the log may share this one.
        File.Delete(file);
        File.WriteAllBytes(file, bytes);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
