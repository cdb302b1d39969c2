using System.Text;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Stages.Tests.Files;

public sealed class JsonLinesSinkTests : IDisposable
{
    private static readonly StartId Start = new(Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"));

    private readonly TemporaryFolder folder = new();
    private readonly ChunkPool pool = new();

    public void Dispose()
    {
        pool.Close();
        folder.Dispose();
    }

    [Fact]
    public void An_epoch_appears_whole_when_it_is_published()
    {
        using ISinkWriter writer = Open();
        Assert.True(writer.Blocks);
        writer.Write(Lines("1", "2"));
        writer.Write(Lines("3"));
        Assert.Empty(Published());
        var stage = (SealedStage)writer.Seal(new Epoch(12))!;
        Assert.Equal((3, "out-files"), (stage.Records, stage.Sink));
        writer.Sync(stage);
        Assert.Empty(Published());
        Sink().Publish(stage.Manifest, folder.Path);
        Assert.Equal(["out-files-0-g00003-e00000012-0f8fad5b-a1.jsonl"], Published());
        Assert.Equal("1\n2\n3\n", File.ReadAllText(folder.Combine("out", Published()[0])));
        Assert.Empty(Staged());
    }

    [Fact]
    public void Publishing_again_changes_nothing()
    {
        SealedStage stage = Stage("1");
        Sink().Publish(stage.Manifest, folder.Path);
        Sink().Publish(stage.Manifest, folder.Path);
        Assert.Equal("1\n", File.ReadAllText(folder.Combine("out", Assert.Single(Published()))));

        // A reader may have taken it away in between.
        File.Delete(folder.Combine("out", Published()[0]));
        Sink().Publish(stage.Manifest, folder.Path);
        Assert.Empty(Published());
    }

    [Fact]
    public void Nothing_that_is_there_is_replaced()
    {
        SealedStage stage = Stage("1");
        string taken = folder.Combine("out", "out-files-0-g00003-e00000012-0f8fad5b-a1.jsonl");
        File.WriteAllText(taken, "somebody else's");
        EngineException error = Assert.Throws<EngineException>(() => Sink().Publish(stage.Manifest, folder.Path));
        Assert.Contains(taken, error.Message, StringComparison.Ordinal);
        Assert.Equal("somebody else's", File.ReadAllText(taken));
        File.Delete(taken);
        Sink().Publish(stage.Manifest, folder.Path);
        Assert.Equal("1\n", File.ReadAllText(taken));
    }

    [Fact]
    public void A_staged_file_that_lost_bytes_is_not_published()
    {
        SealedStage stage = Stage("12345");
        using (FileStream file = File.OpenWrite(Staged().Single())) file.SetLength(3);
        EngineException error = Assert.Throws<EngineException>(() => Sink().Publish(stage.Manifest, folder.Path));
        Assert.Equal(ErrorDomain.Data, error.Domain);
        Assert.Empty(Published());
    }

    [Fact]
    public void An_epoch_without_records_is_nothing()
    {
        using ISinkWriter writer = Open();
        Assert.Null(writer.Seal(new Epoch(1)));
        writer.Write(Lines("1"));
        Assert.NotNull(writer.Seal(new Epoch(2)));
        Assert.Null(writer.Seal(new Epoch(3)));
        Assert.Single(Staged());
    }

    [Fact]
    public void The_next_epoch_is_written_while_one_is_synced()
    {
        using ISinkWriter writer = Open();
        writer.Write(Lines("1"));
        var first = (SealedStage)writer.Seal(new Epoch(1))!;
        writer.Write(Lines("2"));
        writer.Sync(first);
        var second = (SealedStage)writer.Seal(new Epoch(2))!;
        writer.Sync(second);
        Sink().Publish(second.Manifest, folder.Path);
        Sink().Publish(first.Manifest, folder.Path);
        Assert.Equal(["1\n", "2\n"], Published().Select(name => File.ReadAllText(folder.Combine("out", name))));
    }

    [Fact]
    public void A_line_longer_than_the_buffer_is_written_whole()
    {
        string[] lines = [new('a', 10), new('b', 400_000), new('c', 131_071), new('d', 131_072), "e"];
        using ISinkWriter writer = Open();
        foreach (string line in lines) writer.Write(Lines(line));
        var stage = (SealedStage)writer.Seal(new Epoch(1))!;
        writer.Sync(stage);
        Sink().Publish(stage.Manifest, folder.Path);
        Assert.Equal(lines, File.ReadAllLines(folder.Combine("out", Published()[0])));
    }

    [Fact]
    public void A_writer_that_is_closed_leaves_what_is_sealed_and_nothing_else()
    {
        ISinkWriter writer = Open();
        writer.Write(Lines("1"));
        var stage = (SealedStage)writer.Seal(new Epoch(1))!;
        writer.Sync(stage);
        writer.Write(Lines("2"));
        writer.Dispose();
        Assert.Single(Staged());
        Sink().Publish(stage.Manifest, folder.Path);
        Assert.Empty(Staged());
    }

    [Fact]
    public void Only_what_is_older_is_discarded()
    {
        var other = new PipelineName("other");
        foreach (TaskClaim claim in (TaskClaim[])[Claim(2, 1), Claim(3, 1), Claim(3, 2), Claim(3, 3), Claim(3, 1, task: 1), Claim(10, 1), Claim(2, 1) with { Task = new TaskId(other, "main", 0) }])
        {
            ISinkWriter writer = Open(claim);
            writer.Write(Lines("1"));
            writer.Seal(new Epoch(1));
        }

        File.WriteAllText(folder.Combine("out", ".staging", "a-file-of-somebody-else"), "");
        Sink().Discard(new StageOwner(new PipelineName("flights"), new Generation(3), Claim(3, 3)), folder.Path);
        Assert.Equal(6, Staged().Count);
        Assert.Contains(Staged(), file => file.Contains("flights.main.0.g3.a3.", StringComparison.Ordinal));
        Assert.Contains(Staged(), file => file.Contains("flights.main.1.g3.a1.", StringComparison.Ordinal));
        Sink().Discard(new StageOwner(new PipelineName("flights"), new Generation(10), null), folder.Path);
        Assert.Equal(
            ["a-file-of-somebody-else", "flights.main.0.g10.a1.0f8fad5b.out-files.1.jsonl", "other.main.0.g2.a1.0f8fad5b.out-files.1.jsonl"],
            Staged().Select(file => Path.GetFileName(file)));
    }

    [Fact]
    public void Discarding_where_nothing_was_ever_written_is_done() =>
        Sink().Discard(new StageOwner(new PipelineName("flights"), new Generation(3), null), folder.Path);

    [Theory]
    [InlineData("/tmp/out")]
    [InlineData("..")]
    [InlineData("../out")]
    [InlineData("out/../../other")]
    [InlineData(".")]
    [InlineData("engine")]
    [InlineData("engine/log")]
    [InlineData("out/.staging")]
    [InlineData("out/.staging/deeper")]
    [InlineData("a-file")]
    [InlineData("a\0b")]
    public void A_folder_elsewhere_is_refused(string target)
    {
        File.WriteAllText(folder.Combine("a-file"), "");
        EngineException error = Assert.Throws<EngineException>(() => Open(Claim(3, 1), target));
        Assert.False(error.IsTransient);
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("link")]
    [InlineData("link/deeper")]
    [InlineData("real")]
    public void A_link_that_may_lead_elsewhere_is_refused(string target)
    {
        Skip.If(OperatingSystem.IsWindows(), "making links takes rights there");
        using var outside = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder.Combine("link"), outside.Path);
        Directory.CreateDirectory(folder.Combine("real"));
        Directory.CreateSymbolicLink(folder.Combine("real", ".staging"), outside.Path);
        Assert.Contains("is a link", Assert.Throws<EngineException>(() => Open(Claim(3, 1), target)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside.Path));
    }

    [Fact]
    public void A_manifest_that_leads_elsewhere_is_refused()
    {
        foreach (string manifest in (string[])
        [
            """{"version":1,"folder":"../out","staged":"a","published":"b","bytes":1}""",
            """{"version":1,"folder":"out","staged":"../a","published":"b","bytes":1}""",
            """{"version":1,"folder":"out","staged":"a","published":"../../b","bytes":1}""",
            """{"version":2,"folder":"out","staged":"a","published":"b","bytes":1}""",
            "not json",
        ])
        {
            Assert.Throws<EngineException>(() => Sink().Publish(Encoding.UTF8.GetBytes(manifest), folder.Path));
        }
    }

    [Fact]
    public void The_manifest_is_frozen() => Assert.Equal(
        """{"version":1,"folder":"out","staged":"flights.main.0.g3.a1.0f8fad5b.out-files.1.jsonl","published":"out-files-0-g00003-e00000012-0f8fad5b-a1.jsonl","bytes":2}""",
        Encoding.UTF8.GetString(Stage("1").Manifest.Span));

    [SkippableFact]
    public void Others_can_neither_read_nor_write_the_files()
    {
        Skip.If(OperatingSystem.IsWindows(), "there are no modes there");
        Stage("1");
        Assert.Equal(default, Mode(Staged().Single()) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
        Assert.Equal(default, Mode(folder.Combine("out")) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [SkippableFact]
    public void A_full_disk_is_a_clear_error_and_publishes_nothing()
    {
        using var disk = new SmallDisk(1);
        ISinkWriter writer = Definition("out").Open(Context(Claim(3, 1), disk.Path));
        EngineException error = Assert.Throws<EngineException>(() =>
        {
            for (int n = 0; n < 100; n++) writer.Write(Lines(new string('x', 100_000)));
        });
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(disk.Path, "out"), error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        writer.Dispose();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(disk.Path, "out"), "*", SearchOption.AllDirectories));
    }

    private static SinkDefinition<NoKey, int> Definition(string target) => FileStages.JsonLines<int>(target).For<NoKey>();

    private static IStagedSink Sink() => (IStagedSink)Definition("out");

    private static TaskClaim Claim(long generation, int attempt, int task = 0) =>
        new(new TaskId(new PipelineName("flights"), "main", task), Start, new Generation(generation), attempt);

    private static SinkContext Context(TaskClaim claim, string data) => new("out-files", data, claim, null!, null, null!, TimeProvider.System);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "skipped where there are no modes")]
    private static UnixFileMode Mode(string path) => File.GetUnixFileMode(path);

    private ISinkWriter Open(TaskClaim? claim = null, string target = "out") => Definition(target).Open(Context(claim ?? Claim(3, 1), folder.Path));

    private SealedStage Stage(params string[] lines)
    {
        using ISinkWriter writer = Open();
        writer.Write(Lines(lines));
        var stage = (SealedStage)writer.Seal(new Epoch(12))!;
        writer.Sync(stage);
        return stage;
    }

    private Chunk Lines(params string[] lines)
    {
        var builder = new ChunkBuilder(pool, 0);
        foreach (string line in lines) builder.Append(default, false, Encoding.UTF8.GetBytes(line), true, 0);
        return builder.Take()!;
    }

    private string[] Published() => Directory.Exists(folder.Combine("out"))
        ? [.. Directory.EnumerateFiles(folder.Combine("out")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]
        : [];

    private List<string> Staged() => [.. Directory.EnumerateFiles(folder.Combine("out", ".staging")).Order(StringComparer.Ordinal)];
}
