using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Tests.Log;

/// <summary>
/// Files that are not what was written: the log is refused with the file's name, or all of it is there. It is never silently shorter.
/// </summary>
public sealed class EmbeddedLogTests_Damage : DamageFixture
{
    [Fact]
    public async Task When_bytes_in_the_middle_of_the_write_ahead_log_are_changed_then_the_log_is_refused()
    {
        using LogImage image = await OpenImageAsync();
        string wal = image.Named(".log")[^1];
        for (int n = 1; n < 20; n++)
        {
            int at = image.Files[wal].Length * n / 20;
            Refused(image, path => Flip(path, wal, at), $"byte {at} of the write-ahead log");
        }
    }

    [Fact]
    public async Task When_the_write_ahead_log_is_cut_off_then_the_log_is_refused()
    {
        using LogImage image = await OpenImageAsync();
        string wal = image.Named(".log")[^1];
        int length = image.Files[wal].Length;
        foreach (int left in (int[])[0, 1, length / 3, length / 2, length - 100, length - 1])
        {
            EngineException error = Refused(image, path => Cut(path, wal, left), $"{left} of {length} bytes");
            Assert.Contains("log.end", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task When_there_are_several_write_ahead_logs_then_damage_in_any_of_them_is_found()
    {
        using EmbeddedLog log = await LogImage.FillAsync(Folder.Combine("log"), 60, 40_000, LogImage.Quiet with { WriteBuffersBytes = 256 << 10 });
        using LogImage image = LogImage.Of(log);
        IReadOnlyList<string> wals = image.Named(".log");
        Assert.True(wals.Count > 2, $"{wals.Count} write-ahead logs are too few for this test");
        foreach (string wal in wals.Where(wal => image.Files[wal].Length > 1000))
        {
            int length = image.Files[wal].Length;
            Whole(image, path => File.Delete(InImage(path, wal)), $"{wal} is missing");
            foreach (int left in (int[])[0, length / 4, length / 2, length - 1]) Whole(image, path => Cut(path, wal, left), $"{wal} has {left} of {length} bytes");
            foreach (int at in (int[])[length / 4, length / 2, length - 10]) Whole(image, path => Flip(path, wal, at), $"byte {at} of {wal}");
        }
    }

    [Fact]
    public async Task When_a_table_is_damaged_cut_or_missing_then_the_log_is_refused_or_whole()
    {
        using LogImage image = await ClosedImageAsync();
        Assert.True(image.Named(".sst").Count >= 4, "the families have tables");
        foreach (string table in image.Named(".sst"))
        {
            int length = image.Files[table].Length;
            EngineException missing = Refused(image, path => File.Delete(InImage(path, table)), $"{table} is missing");
            Assert.Contains(Path.GetFileName(table).TrimStart('0'), missing.Message, StringComparison.Ordinal);
            Refused(image, path => Cut(path, table, length / 2), $"half of {table}");
            Refused(image, path => Cut(path, table, length - 1), $"{table} without its last byte");
            Refused(image, path => Flip(path, table, 20), $"{table} near its beginning");
            for (int n = 0; n < 12; n++) Whole(image, path => Flip(path, table, length * n / 12), $"byte {length * n / 12} of {length} of {table}");
        }
    }

    [Fact]
    public async Task When_a_block_of_records_is_damaged_then_its_readers_are_told_the_file_and_others_go_on()
    {
        using LogImage image = await ClosedImageAsync();
        string table = image.Named(".sst").Single(name => image.Files[name].AsSpan().IndexOf("7:hhhhhh"u8) > 0);
        string path = image.Copy();
        Flip(path, table, image.Files[table].AsSpan().IndexOf("7:hhhhhh"u8) + 20);
        using EmbeddedLog log = EmbeddedLog.Open(path, LogImage.Quiet);
        var pool = new StreamEngine.Records.ChunkPool();
        using Contracts.ILogReader reader = log.OpenReader(pool);
        reader.Assign(log.Find("orders")!, 1, 3);

        var error = Assert.Throws<LogDamagedException>(() => reader.Poll(TimeSpan.Zero));

        Assert.Contains(Path.GetFileName(table), error.Message, StringComparison.Ordinal);
        Assert.Contains("backup", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, pool.Outstanding);
        Assert.NotEmpty(log.Positions(new StreamEngine.Records.PipelineName("copy")));
    }

    [Theory]
    [InlineData("CURRENT")]
    [InlineData("MANIFEST")]
    public async Task When_the_list_of_files_is_missing_then_the_log_is_refused_and_not_made_anew(string name)
    {
        foreach (bool closed in (bool[])[false, true])
        {
            using LogImage image = closed ? await ClosedImageAsync() : await OpenImageAsync();
            string file = image.Files.Keys.Single(key => key.Contains(name, StringComparison.Ordinal));

            EngineException error = Refused(image, path => File.Delete(InImage(path, file)), $"{file} is missing");

            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            Refused(image, path => Cut(path, file, 0), $"{file} is empty");
            Refused(image, path => Cut(path, file, image.Files[file].Length / 2), $"half of {file}");
            for (int n = 0; n < 10; n++) Whole(image, path => Flip(path, file, image.Files[file].Length * n / 10), $"{n} tenths into {file}");
        }
    }

    [Fact]
    public async Task When_files_that_hold_nothing_of_the_log_are_gone_then_all_of_it_is_there()
    {
        using LogImage image = await ClosedImageAsync();
        string[] unneeded = [.. image.Files.Keys.Where(name => Path.GetFileName(name).Split('-')[0] is "OPTIONS" or "LOCK" or "LOG")];
        Assert.True(unneeded.Length >= 3);
        foreach (string name in unneeded)
        {
            string path = image.Copy();
            File.Delete(InImage(path, name));

            Assert.Equal(image.Content, Content(path));
        }
    }
}
