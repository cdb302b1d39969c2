using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Children;

/// <summary>
/// Commits epochs of three tasks as fast as it can until it is killed, and says <c>task epoch</c> of each that the log acknowledged. An
/// epoch writes two records into one partition that all tasks share, one into another, its number into state, and its position.
/// </summary>
internal static class AppendingChild
{
    public const int Tasks = 3;

    /// <summary>Its pipeline.</summary>
    public static readonly PipelineName Pipeline = new("append");

    public static async Task RunAsync(string path)
    {
        // Small buffers, so that tables are written and write-ahead logs change while it is killed.
        using EmbeddedLog log = EmbeddedLog.Open(path, LogOptions);
        TopicInfo shared = log.Find("shared") ?? log.Create(new TopicSpec("shared"));
        TopicInfo own = log.Find("own") ?? log.Create(new TopicSpec("own", Tasks));
        TopicInfo letters = log.Find("dead-letters") ?? log.Create(new TopicSpec("dead-letters"));
        StateInfo state = log.OpenState(Pipeline, new StateSpec("last", "bytes", Tasks));
        var start = StartId.New();
        bool isWritten = log.WriteHome(Pipeline, start, Array.Empty<byte>(), log.ReadHome(Pipeline)?.Version ?? 0);
        if (!isWritten) throw new InvalidOperationException("another start came between");
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(number => Task.Run(async () =>
        {
            var claim = new TaskClaim(new TaskId(Pipeline, "append", number), start, new Generation(1), 1);
            using var task = new TestTask(log, claim, letters, [new SourcePartitionId("input", $"{number}")]);
            await task.BeginAsync();
            while (true) await CommitAsync(task, number, shared, own, state);
        })));
    }

    /// <summary>How the log is opened.</summary>
    public static EmbeddedLogOptions LogOptions { get; } = new() { WriteBuffersBytes = 512 << 10, CleanInterval = TimeSpan.Zero };

    private static async Task CommitAsync(TestTask task, int number, TopicInfo shared, TopicInfo own, StateInfo state)
    {
        string epoch = task.Last.Next().ToString();
        var record = new TestRecord($"{number}", $"{epoch}:{new string('x', 500)}");
        var changes = new StateChanges(state);
        changes.Put(number, "last"u8, BitConverter.GetBytes(long.Parse(epoch, CultureInfo.InvariantCulture)));
        task.Write(shared, 0, record).Write(shared, 0, record).Write(own, number, record);
        await task.CommitAsync(task.Seal() with { State = [changes] });
        Console.WriteLine($"{number} {epoch}");
    }
}
