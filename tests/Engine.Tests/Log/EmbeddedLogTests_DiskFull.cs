using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

public class EmbeddedLogTests_DiskFull
{
    private static readonly PipelineName Pipeline = new("full");
    private long acknowledged;

    [SkippableTheory]
    [InlineData(64 << 20)]
    [InlineData(1 << 20)]
    public async Task When_the_disk_is_full_then_commits_fail_clearly_and_everything_acknowledged_is_there_afterwards(long writeBuffersBytes)
    {
        using var disk = new SmallDisk(megabytes: 24);
        string path = Path.Combine(disk.Path, "engine", "log"), ballast = Path.Combine(disk.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[12 << 20]);
        EmbeddedLogOptions options = LogImage.Quiet with { WriteBuffersBytes = writeBuffersBytes };
        using (EmbeddedLog log = EmbeddedLog.Open(path, options))
        {
            EngineException? error = await CommitUntilItFailsAsync(log, commitsMax: 10_000);

            Assert.NotNull(error);
            Assert.Equal(ErrorDomain.External, error.Domain);
            Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.Contains("Free space", error.Remedy, StringComparison.Ordinal);
            Assert.True(acknowledged > 5, $"{acknowledged} commits fitted");
            Check(log);

            // Whatever is tried on the full disk, what was acknowledged stays, and reading goes on.
            await CommitUntilItFailsAsync(log, commitsMax: 3);
            Check(log);
        }

        File.Delete(ballast);
        using (EmbeddedLog log = EmbeddedLog.Open(path, options))
        {
            Check(log);
            Assert.Null(await CommitUntilItFailsAsync(log, commitsMax: 20));
            Check(log);
        }

        using EmbeddedLog again = EmbeddedLog.Open(path, options);
        Check(again);
    }

    [SkippableFact]
    public async Task When_only_the_durable_end_can_t_be_written_then_commits_stand_all_the_same()
    {
        const string Full = "/dev/full";
        Skip.IfNot(File.Exists(Full), $"there is no {Full} here");
        using var folder = new TemporaryFolder();
        string path = folder.Combine("log");
        EmbeddedLog.Open(path, LogImage.Quiet).Dispose();
        File.Delete(LogFiles.EndFile(path));
        File.CreateSymbolicLink(LogFiles.EndFile(path), Full);

        for (int opened = 0; opened < 2; opened++)
        {
            using EmbeddedLog log = EmbeddedLog.Open(path, LogImage.Quiet);
            Assert.Null(await CommitUntilItFailsAsync(log, commitsMax: 5));
            Check(log);
        }

        Assert.Equal(10, acknowledged);
    }

    /// <summary>Begins a new start and commits epochs; returns what one failed with.</summary>
    private async Task<EngineException?> CommitUntilItFailsAsync(EmbeddedLog log, int commitsMax)
    {
        try
        {
            TopicInfo topic = log.Find("filling") ?? log.Create(new TopicSpec("filling"));
            TopicInfo letters = log.Find("dead-letters") ?? log.Create(new TopicSpec("dead-letters"));
            StateInfo state = log.OpenState(Pipeline, new StateSpec("last", "bytes", 1));
            var start = StartId.New();
            Assert.True(log.WriteHome(Pipeline, start, Array.Empty<byte>(), log.ReadHome(Pipeline)?.Version ?? 0));
            using var task = new TestTask(
                log, new TaskClaim(new TaskId(Pipeline, "fill", 0), start, new Generation(1), 1), letters, [new SourcePartitionId("input", "0")]);
            await task.BeginAsync();
            for (int n = 0; n < commitsMax; n++)
            {
                string epoch = task.Last.Next().ToString();
                var changes = new StateChanges(state);
                changes.Put(0, "last"u8, System.Text.Encoding.Latin1.GetBytes(epoch));
                foreach (char half in "ab") task.Write(topic, 0, new TestRecord($"{half}", $"{epoch}:{new string(half, 50_000)}"));
                await task.CommitAsync(task.Seal() with { State = [changes] });
                acknowledged = task.Last.Value;
            }

            return null;
        }
        catch (EngineException e)
        {
            return e;
        }
    }

    /// <summary>Checks that whole epochs are there, all that were acknowledged, and that positions and state say the same.</summary>
    private void Check(EmbeddedLog log)
    {
        long last = Assert.Single(log.Positions(Pipeline)).Position.Epoch.Value;
        Assert.True(last >= acknowledged, $"epoch {acknowledged} was acknowledged, the log ends with {last}");
        acknowledged = last;
        var epochs = new List<long>();
        using ILogReader reader = log.OpenReader(new ChunkPool());
        reader.Assign(log.Find("filling")!, 0, 0);
        while (reader.Poll(TimeSpan.Zero) is { } read)
        {
            epochs.AddRange(TestRecord.In(read.Chunk).Select(found => long.Parse(found.Record.Value!.Split(':')[0], CultureInfo.InvariantCulture)));
            read.Chunk.Release();
        }

        Assert.Equal(Enumerable.Range(1, (int)last).SelectMany(epoch => new long[] { epoch, epoch }), epochs);
        var value = new ByteWriter();
        Assert.True(log.ReadState(Assert.Single(log.States(Pipeline))).TryRead(0, "last"u8, value));
        Assert.Equal($"{last}", System.Text.Encoding.Latin1.GetString(value.Written));
    }
}
