using System.Diagnostics.CodeAnalysis;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Stages.Tests.Files;

public sealed class FileSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("in", "in/a.txt in/b.log in/c.txt.gz")]
    [InlineData("in/", "in/a.txt in/b.log in/c.txt.gz")]
    [InlineData("in/*.txt", "in/a.txt")]
    [InlineData("in/?.txt*", "in/a.txt in/c.txt.gz")]
    [InlineData("in/**/*.txt", "in/a.txt in/deep/er/e.txt")]
    [InlineData("*/*.log", "in/b.log")]
    [InlineData("in/.*", "in/.hidden")]
    [InlineData("in/b.log", "in/b.log")]
    public void A_path_stands_for_files(string path, string expected)
    {
        foreach (string name in (string[])["in/a.txt", "in/b.log", "in/c.txt.gz", "in/.hidden", "in/deep/er/e.txt"]) Put(name, "x\n");
        using ISource source = Open(path, follows: false);
        Assert.Equal(expected.Split(' '), source.Partitions().Select(partition => partition.Name));
        Assert.Equal(Enumerable.Range(0, source.Partitions().Count), source.Partitions().Select(partition => partition.Index));
    }

    [Fact]
    public void Files_are_read_one_after_the_other_in_the_order_of_their_names()
    {
        Put("in/2.txt", "c\n");
        Put("in/1.txt", "a\nb\n");
        Assert.Equal(["a", "b", "c"], FileRun<string>.Read(FileStages.Lines("in"), folder.Path).Values);
    }

    [Theory]
    [InlineData("gone.txt", false)]
    [InlineData("gone.txt", true)]
    [InlineData("gone/*.txt", true)]
    [InlineData("*.txt", false)]
    public void What_isnt_there_is_a_clear_error(string path, bool follows)
    {
        EngineException error = Assert.Throws<EngineException>(() => Open(path, follows));
        Assert.Contains(path.Split('/')[0], error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public void An_empty_folder_is_waited_in_while_the_source_follows()
    {
        using ISource source = Open("*.txt", follows: true);
        Assert.Empty(source.Partitions());
        Put("new.txt", "x\n");
        Assert.Equal("new.txt", Assert.Single(source.Partitions()).Name);
    }

    [SkippableFact]
    public void A_file_that_may_not_be_read_is_a_clear_error()
    {
        Skip.If(!OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "this user may read everything");
        Put("a.txt", "x\n");
        SetMode(folder.Combine("a.txt"), UnixFileMode.None);
        SetMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        using var _ = new UnprivilegedThread();
        EngineException error = Assert.ThrowsAny<EngineException>(() => FileRun<string>.Read(FileStages.Lines("a.txt"), folder.Path));
        Assert.Contains("a.txt", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public void A_truncated_gzip_file_gives_what_comes_before_and_then_an_error()
    {
        string[] lines = [.. Enumerable.Range(0, 60_000).Select(n => $"line {n} {n * 7919L % 104729:x}")];
        byte[] whole = TestFiles.Compress(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        foreach (int length in (int[])[whole.Length / 2, whole.Length - 9, whole.Length - 1, 20, 3, 1])
        {
            File.WriteAllBytes(folder.Combine("a.gz"), whole[..length]);
            var run = new FileRun<string>([], [], [], []);
            EngineException error = Assert.Throws<EngineException>(() => run.ReadOn(FileStages.Lines("a.gz"), folder.Path));
            Assert.Contains("cut short", error.Message, StringComparison.Ordinal);
            Assert.Contains("a.gz, behind line", error.Message, StringComparison.Ordinal);
            Assert.Equal(lines.Take(run.Values.Count), run.Values);
            if (length > whole.Length / 3) Assert.True(run.Values.Count > 1000, $"{run.Values.Count} of the first {length} bytes");
        }

        File.WriteAllBytes(folder.Combine("a.gz"), whole);
        Assert.Equal(lines, FileRun<string>.Read(FileStages.Lines("a.gz"), folder.Path).Values);
    }

    [Fact]
    public void A_corrupt_gzip_file_gives_what_comes_before_and_then_an_error()
    {
        byte[] first = TestFiles.Compress("a\nb\n"u8.ToArray()), second = TestFiles.Compress(new byte[5000]);
        second[^8] ^= 1;
        File.WriteAllBytes(folder.Combine("a.gz"), [.. first, .. second]);
        var run = new FileRun<string>([], [], [], []);
        EngineException error = Assert.Throws<EngineException>(() => run.ReadOn(FileStages.Lines("a.gz"), folder.Path));
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], run.Values.Take(2));
    }

    [Fact]
    public void A_file_is_told_to_be_compressed_by_its_content()
    {
        File.WriteAllBytes(folder.Combine("a.txt"), TestFiles.Compress("a\n"u8.ToArray()));
        Assert.Equal(["a"], FileRun<string>.Read(FileStages.Lines("a.txt"), folder.Path).Values);
        File.WriteAllText(folder.Combine("b.gz"), "not compressed\n");
        Assert.Contains("is not gzip", Assert.ThrowsAny<EngineException>(() => FileRun<string>.Read(FileStages.Lines("b.gz"), folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb\n", "c\n", null)]
    [InlineData("a\nb", "\nc\n", null)]
    [InlineData("a\nb", "\r\nc\n", null)]
    [InlineData("a\nb\r", "\nc\n", null)]
    [InlineData("a\nb", "b\nc\n", "had no line break behind line 2")]
    public void A_file_that_has_grown_is_read_on(string before, string after, string? problem)
    {
        Put("a.txt", before);
        Dictionary<string, Position> at = FileRun<string>.Read(FileStages.Lines("a.txt"), folder.Path).At;
        Put("a.txt", after);
        if (problem is null)
        {
            FileRun<string> run = FileRun<string>.Read(FileStages.Lines("a.txt"), folder.Path, at);
            Assert.Equal(["c"], run.Values);
            Assert.Equal([3], run.Lines);
        }
        else
        {
            Assert.Contains(problem, Assert.ThrowsAny<EngineException>(() => FileRun<string>.Read(FileStages.Lines("a.txt"), folder.Path, at)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a\n", "is shorter")]
    [InlineData("x\ny\nz\n", "doesn't begin as it did")]
    public void A_file_that_was_replaced_or_cut_is_refused(string content, string problem)
    {
        Put("a.txt", "a\nb\nc\n");
        Position at = FileRun<string>.Read(FileStages.Lines("a.txt"), folder.Path).Positions[^1].Position;
        File.WriteAllText(folder.Combine("a.txt"), content);
        using ISource source = Open("a.txt", follows: false);
        PositionCheck check = source.Check(new SourcePartition("a.txt", 0), at);
        Assert.Contains(problem, check.Problem, StringComparison.Ordinal);
        Assert.Contains("reset", check.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("number\n1\n2\n3\n4\n", null)]
    [InlineData("number\n1\n7\n3\n4\n", "doesn't begin as it did")]
    public void A_bad_line_behind_the_place_may_be_mended_and_none_before_it(string mended, string? problem)
    {
        Put("a.csv", "number\n1\n2\nthree\n4\n");
        Position at = FileRun<int>.Read(FileStages.Csv<int>("a.csv"), folder.Path).Positions[0].Position;
        File.WriteAllText(folder.Combine("a.csv"), mended);
        if (problem is null)
        {
            Assert.Equal([3, 4], FileRun<int>.Read(FileStages.Csv<int>("a.csv"), folder.Path, new Dictionary<string, Position> { ["a.csv"] = at }).Values);
            return;
        }

        using ISource source = Open("a.csv", follows: false);
        Assert.Contains(problem, source.Check(new SourcePartition("a.csv", 0), at).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_behind_its_first_bytes_is_refused()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(n => $"line {n}\n"));
        Put("a.txt", text);
        Position at = FileRun<string>.Read(FileStages.Lines("a.txt"), folder.Path).Positions[^1].Position;
        File.WriteAllText(folder.Combine("a.txt"), text[..(text.Length - 8)]);
        using ISource source = Open("a.txt", follows: false);
        Assert.Contains("ends before byte", source.Check(new SourcePartition("a.txt", 0), at).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb\n", false)]
    [InlineData("a\nb", false)]
    [InlineData("", false)]
    [InlineData("a\nb\n", true)]
    public void Its_latest_place_lies_behind_all_that_is_there_and_before_what_comes(string content, bool compressed)
    {
        string file = compressed ? "in/a.txt.gz" : "in/a.txt";
        Put(file, content);
        Position latest;
        using (ISource source = Open("in/*", follows: true)) latest = source.PositionAt(source.Partitions()[0], new StartPlace(StartPlaceKind.Latest));

        Assert.Empty(FileRun<string>.Read(FileStages.Lines("in/*"), folder.Path, new Dictionary<string, Position> { [file] = latest }).Values);
        if (compressed) return;
        File.AppendAllText(folder.Combine(file), content.EndsWith('b') ? "\nc\n" : "c\n");
        Assert.Equal(["c"], FileRun<string>.Read(FileStages.Lines("in/*"), folder.Path, new Dictionary<string, Position> { [file] = latest }).Values.Where(line => line.Length > 0));
    }

    [Fact]
    public void A_position_of_another_kind_of_source_is_a_clear_error() =>
        Assert.Contains("is none in a file", Assert.Throws<EngineException>(() => StreamEngine.Files.FilePosition.Parse(new Position("topic:12", "7"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_compressed_file_that_was_read_to_its_end_says_so()
    {
        File.WriteAllBytes(folder.Combine("a.gz"), TestFiles.Compress("a\nb\n"u8.ToArray()));
        Position at = FileRun<string>.Read(FileStages.Lines("a.gz"), folder.Path).Positions[^1].Position;
        Assert.Equal($"4:3:end:{new FileInfo(folder.Combine("a.gz")).Length}", at.At);
        Assert.Empty(FileRun<string>.Read(FileStages.Lines("a.gz"), folder.Path, new Dictionary<string, Position> { ["a.gz"] = at }).Values);
    }

    [Fact]
    public void A_compressed_file_that_is_still_being_written_is_waited_for()
    {
        byte[] whole = TestFiles.Compress(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(n => $"line {n}\n"))));
        string path = folder.Combine("a.gz");
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
        using ISource source = Open("a.gz", follows: true);
        using ISourceReader reader = source.OpenReader(new ChunkPool(), 0);
        reader.Assign(source.Partitions()[0], source.Begin(source.Partitions()[0]));
        var values = new List<string>();
        while (reader.Poll(TimeSpan.Zero) is { } item) Take(item, values);
        File.WriteAllBytes(path, whole);
        while (values.Count < 5000)
        {
            if (reader.Poll(TimeSpan.FromSeconds(1)) is { } item) Take(item, values);
        }

        Assert.Equal(Enumerable.Range(0, 5000).Select(n => $"line {n}"), values);
    }

    [Fact]
    public void A_half_line_is_not_taken_while_more_of_it_may_come()
    {
        Put("a.txt", "one\ntw");
        using ISource source = Open("a.txt", follows: true);
        using ISourceReader reader = source.OpenReader(new ChunkPool(), 0);
        reader.Assign(source.Partitions()[0], source.Begin(source.Partitions()[0]));
        var values = new List<string>();
        while (reader.Poll(TimeSpan.Zero) is { } item) Take(item, values);
        Assert.Equal(["one"], values);
        Put("a.txt", "o\nthr");
        while (values.Count < 2)
        {
            if (reader.Poll(TimeSpan.FromSeconds(1)) is { } item) Take(item, values);
        }

        reader.Finish();
        bool isEnd = false;
        while (!isEnd)
        {
            if (reader.Poll(TimeSpan.FromSeconds(1)) is not { } item) continue;
            Take(item, values);
            isEnd = item.IsEnd;
        }

        Assert.Equal(["one", "two", "thr"], values);
    }

    [Fact]
    public void A_file_that_is_removed_once_it_was_read_is_no_error_while_it_follows()
    {
        Put("in/a.txt", "a\n");
        using ISource source = Open("in", follows: true);
        using ISourceReader reader = source.OpenReader(new ChunkPool(), 0);
        reader.Assign(source.Partitions()[0], source.Begin(source.Partitions()[0]));
        var values = new List<string>();
        while (reader.Poll(TimeSpan.Zero) is { } item) Take(item, values);
        File.Delete(folder.Combine("in/a.txt"));
        Assert.Null(reader.Poll(TimeSpan.Zero));
        reader.Finish();
        SourceItem? end;
        do end = reader.Poll(TimeSpan.FromSeconds(1));
        while (end is null);
        Assert.True(end.Value.IsEnd);
        Assert.Equal(["a"], values);
    }

    private static void Take(SourceItem item, List<string> values)
    {
        if (item.Element is not Batch<NoKey, string> batch) return;
        foreach (ref Record<NoKey, string> record in batch.Span) values.Add(record.Value);
        batch.Release();
    }

    [SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "skipped where there are no modes")]
    private static void SetMode(string path, UnixFileMode mode) => File.SetUnixFileMode(path, mode);

    private ISource Open(string path, bool follows)
    {
        ISource source = FileStages.Lines(path).Open(new SourceContext("in", folder.Path, null!, TimeProvider.System) { Follows = follows });
        source.Connect();
        return source;
    }

    private void Put(string name, string text)
    {
        string path = folder.Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (name.EndsWith(".gz", StringComparison.Ordinal)) File.WriteAllBytes(path, TestFiles.Compress(System.Text.Encoding.UTF8.GetBytes(text)));
        else File.AppendAllText(path, text);
    }
}
