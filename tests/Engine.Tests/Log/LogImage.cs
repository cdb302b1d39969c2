using System.Text;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Tests.Log;

/// <summary>
/// The files of a log, copied while it was open, as a kill leaves them behind, with what it held at that moment. It is opened in copies,
/// since opening changes files.
/// </summary>
internal sealed class LogImage : IDisposable
{
    /// <summary>Nothing happens by itself.</summary>
    public static readonly EmbeddedLogOptions Quiet = new() { CleanInterval = TimeSpan.Zero };

    private static readonly PipelineName Pipeline = new("copy");
    private readonly TemporaryFolder folder = new();
    private int copies;

    /// <summary>The files of a log under their names: the database in <c>log/</c>, and <c>log.end</c>.</summary>
    public SortedDictionary<string, byte[]> Files { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>What the log held.</summary>
    public IReadOnlyList<string> Content { get; private init; } = [];

    /// <summary>Copies the files of a log.</summary>
    public static LogImage Of(EmbeddedLog log) => new() { Files = ReadQuietly(log.Path), Content = ContentOf(log) };

    /// <summary>What a log of these tests holds, with its state.</summary>
    public static IReadOnlyList<string> ContentOf(EmbeddedLog log) => LogContent.Of(
        log, [.. log.States(Pipeline).SelectMany(state => Enumerable.Range(0, 100).Select(n => (state, 0, $"{n}")))]);

    /// <summary>Closes a log, which puts all it holds into tables, and copies its files.</summary>
    public static LogImage OfClosed(EmbeddedLog log)
    {
        IReadOnlyList<string> content = ContentOf(log);
        log.Dispose();
        return new LogImage { Files = Read(log.Path), Content = content };
    }

    /// <summary>A log with commits of one record of <paramref name="bytes"/> each, in two partitions.</summary>
    public static async Task<EmbeddedLog> FillAsync(string path, int commits, int bytes = 500, EmbeddedLogOptions? options = null)
    {
        EmbeddedLog log = EmbeddedLog.Open(path, options ?? Quiet);
        TopicInfo orders = log.Create(new TopicSpec("orders", 2)), letters = log.Create(new TopicSpec("dead-letters"));
        var start = StartId.New();
        log.WriteHome(Pipeline, start, new byte[] { 1, 2, 3 }, 0);
        StateInfo state = log.OpenState(Pipeline, new StateSpec("state", "bytes", 1));
        var claim = new TaskClaim(new TaskId(Pipeline, "copy", 0), start, new Generation(1), 1);
        using var task = new TestTask(log, claim, letters, [new SourcePartitionId("input", "0")]);
        await task.BeginAsync();
        for (int n = 0; n < commits; n++)
        {
            var changes = new StateChanges(state);
            changes.Put(0, Encoding.Latin1.GetBytes($"{n}"), BitConverter.GetBytes(n * n));
            task.Write(orders, n % 2, new TestRecord($"{n}", $"{n}:" + new string((char)('a' + (n % 26)), bytes), n));
            await task.CommitAsync(task.Seal() with { State = [changes] });
        }

        return log;
    }

    /// <summary>A copy of the log for a test to damage and to open.</summary>
    public string Copy()
    {
        string path = folder.Combine($"{copies++}", "log");
        Directory.CreateDirectory(path);
        foreach ((string name, byte[] bytes) in Files) File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(path)!, name), bytes);
        return path;
    }

    /// <summary>The names of the files whose names end so, oldest first.</summary>
    public IReadOnlyList<string> Named(string ending) => [.. Files.Keys.Where(name => name.EndsWith(ending, StringComparison.Ordinal))];

    public void Dispose() => folder.Dispose();

    /// <summary>Reads the files of an open log while nothing changes them: tables may come and go on a thread of the database.</summary>
    private static SortedDictionary<string, byte[]> ReadQuietly(string path)
    {
        SortedDictionary<string, byte[]>? before = null;
        Assert.True(SpinWait.SpinUntil(() => Read(path) is var files && Same(before, before = files), TimeSpan.FromSeconds(30)), "the log came to rest");
        return before!;
    }

    private static bool Same(SortedDictionary<string, byte[]>? one, SortedDictionary<string, byte[]> other) =>
        one is not null && one.Count > 0 && one.Keys.SequenceEqual(other.Keys) && one.All(file => file.Value.AsSpan().SequenceEqual(other[file.Key]));

    private static SortedDictionary<string, byte[]> Read(string path)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { ["log.end"] = File.ReadAllBytes(LogFiles.EndFile(path)) };
        try
        {
            foreach (string file in Directory.EnumerateFiles(path))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                byte[] bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                files[Path.Combine("log", Path.GetFileName(file))] = bytes;
            }
        }
        catch (FileNotFoundException)
        {
            files.Clear();
        }

        return files;
    }
}
