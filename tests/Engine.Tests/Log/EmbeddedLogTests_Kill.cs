using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Records;
using StreamEngine.Tests.Children;

namespace StreamEngine.Tests.Log;

/// <summary>
/// A process that dies while it commits: everything acknowledged is there, nothing is torn, positions equal outputs.
/// <c>STREAMENGINE_KILLS=100</c> kills a hundred times.
/// </summary>
public sealed class EmbeddedLogTests_Kill : IDisposable
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("STREAMENGINE_KILLS") ?? "5", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder folder = new();
    private readonly long[] acknowledged = new long[AppendingChild.Tasks];

    private string Log => folder.Combine("log");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void When_a_process_is_killed_then_everything_acknowledged_is_there_and_nothing_is_torn()
    {
        var random = new Random(20260101);
        for (int round = 0; round < Kills; round++)
        {
            using ChildProcess child = ChildProcess.Start(["append", Log]);
            int lines = random.Next(1, 400);
            for (int n = 0; n < lines; n++) Note(child.Output.ReadLine()!);

            Note(child.Kill());

            Check($"round {round}");
        }
    }

    [Theory]
    [InlineData(CrashPoints.BeforeCommit)]
    [InlineData(CrashPoints.AfterCommit)]
    public void When_a_process_dies_around_a_commit_then_it_is_whole_or_not_there(string place)
    {
        foreach (int passes in (int[])[9, 30])
        {
            using ChildProcess child = ChildProcess.Start(["append", Log], (CrashPoints.Variable, $"{place}:{passes}"));
            Note(child.WaitForEnd());
            Check($"{place}:{passes}");
        }
    }

    private void Note(string lines)
    {
        // The last line may be cut by the kill; its commit was acknowledged, and whether it counts doesn't matter.
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            if (parts.Length != 2 || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out long epoch)) continue;
            int task = int.Parse(parts[0], CultureInfo.InvariantCulture);
            acknowledged[task] = Math.Max(acknowledged[task], epoch);
        }
    }

    private void Check(string when)
    {
        using EmbeddedLog log = EmbeddedLog.Open(Log, AppendingChild.LogOptions);
        StateInfo state = Assert.Single(log.States(AppendingChild.Pipeline));
        var positions = log.Positions(AppendingChild.Pipeline).ToDictionary(found => found.Position.Partition.Partition, found => found.Position);
        ILookup<string, long> shared = Read(log, "shared", 0).ToLookup(record => record.Task, record => record.Epoch);
        for (int number = 0; number < AppendingChild.Tasks; number++)
        {
            long last = positions.TryGetValue($"{number}", out CommittedPosition? position) ? position.Epoch.Value : 0;
            Assert.True(last >= acknowledged[number], $"{when}: task {number} was told of epoch {acknowledged[number]}, the log ends with {last}");
            if (last == 0) continue;
            Assert.Equal($"{last}", position!.Position.At);
            Assert.Equal(Enumerable.Range(1, (int)last).SelectMany(epoch => new long[] { epoch, epoch }), shared[$"{number}"]);
            Assert.Equal(Enumerable.Range(1, (int)last).Select(epoch => (long)epoch), Read(log, "own", number).Select(record => record.Epoch));
            var value = new ByteWriter();
            Assert.True(log.ReadState(state).TryRead(number, "last"u8, value));
            Assert.Equal(last, BitConverter.ToInt64(value.Written));
            acknowledged[number] = last;
        }
    }

    private static List<(string Task, long Epoch)> Read(EmbeddedLog log, string topic, int partition)
    {
        var records = new List<(string, long)>();
        using ILogReader reader = log.OpenReader(new ChunkPool());
        reader.Assign(log.Find(topic)!, partition, 0);
        long next = 0;
        while (reader.Poll(TimeSpan.Zero) is { } read)
        {
            foreach ((long offset, Conformance.TestRecord record) in Conformance.TestRecord.In(read.Chunk))
            {
                Assert.Equal(next++, offset);
                records.Add((record.Key!, long.Parse(record.Value!.Split(':')[0], CultureInfo.InvariantCulture)));
            }

            read.Chunk.Release();
        }

        Assert.Equal(log.Range(log.Find(topic)!, partition).NextOffset, next);
        return records;
    }
}
