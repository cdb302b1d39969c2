using System.Runtime.Versioning;
using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;
using StreamEngine.Operators;
using StreamEngine.Sql;

namespace StreamEngine.Hosting.Tests;

/// <summary>Disks and directories that are full, closed, damaged or of another version.</summary>
[Collection(HostProcesses.Name)]
public sealed class DamageTests(PipelinePrograms programs) : IDisposable
{
    private const string Restore = "Restore the newest checkpoint, or the data directory from a backup";
    private const string Nobody = "65534";

    private readonly BadInput input = new();

    public void Dispose() => input.Dispose();

    [SkippableFact]
    public async Task A_full_disk_fails_the_pipeline_and_with_room_everything_arrives_once()
    {
        using var disk = new SmallDisk(24);
        using var onDisk = new BadInput { Data = Path.Combine(disk.Path, "data") };
        const int Rows = 600_000;
        PipelinePrograms.WriteRows(onDisk.Input, 0, Rows);
        EngineException failure = Assert.IsAssignableFrom<EngineException>((await onDisk.RunAsync()).Failure);

        // Which of the log and the journal is the first to want more room is a matter of chance.
        Assert.Matches("No space left on device|database or disk is full", failure.Message);
        Assert.Matches("Free space on that disk|Look at its disk, for room too", failure.Remedy);
        disk.Grow(400);
        await onDisk.CompletesAsync();
        onDisk.Has(Enumerable.Range(0, Rows));
    }

    [SkippableFact]
    public async Task A_database_that_cannot_be_written_fails_its_pipeline_with_the_way_out()
    {
        PipelinePrograms.WriteRows(input.Input, 0, 10);
        Directory.CreateDirectory(Path.Combine(input.DataPath, "folder.db"));
        await input.FailsAsync("folder.db", "this user may read and write it", rows => Into(rows, "folder.db"));

        using var disk = new SmallDisk(4);
        string file = Path.Combine(disk.Path, "rows.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE other (id INTEGER)";
            command.ExecuteNonQuery();
        }

        disk.MakeReadOnly();
        using var another = new BadInput();
        PipelinePrograms.WriteRows(another.Input, 0, 10);
        await another.FailsAsync($"sqlite:{file}: it can't be written to", "Allow this user to write the file and its folder", rows => Into(rows, file));
    }

    [Fact]
    public void A_file_that_was_cut_off_or_overwritten_is_refused_wherever_it_is_noticed()
    {
        string data = Filled();
        foreach (string name in (string[])["CURRENT", "MANIFEST-*"])
        {
            using Damaged damaged = Damaged.CopyOf(data);
            File.WriteAllText(Directory.GetFiles(Path.Combine(damaged.Path, "engine", "log"), name).Single(), "neither this nor that\n");
            CheckRefused(damaged.Path, $"error: the log in {damaged.Path}/engine/log is damaged: ", Restore);
        }

        // Killed, a log has its last commits in its write-ahead log alone.
        using BadInput killed = new();
        PipelinePrograms.WriteRows(killed.Input, 0, 10);
        using (HostProcess host = programs.Run(["run", programs.Path, "--data", killed.DataPath], ("INPUT", killed.Input), (CrashPoints.Variable, $"{CrashPoints.AfterCommit}:2"))) Assert.NotEqual(0, host.ExitCode);
        using (Damaged damaged = Damaged.CopyOf(killed.DataPath))
        {
            foreach (string wal in Directory.GetFiles(Path.Combine(damaged.Path, "engine", "log"), "*.log")) File.WriteAllBytes(wal, []);
            CheckRefused(damaged.Path, $"error: the log in {damaged.Path}/engine/log is damaged: it ends with commit ", Restore);
        }
    }

    [Fact]
    public void A_flipped_byte_in_a_table_file_is_an_error_and_no_shorter_topic()
    {
        string data = Filled();
        string[] tables = Directory.GetFiles(Path.Combine(data, "engine", "log"), "*.sst");
        Assert.NotEmpty(tables);
        foreach (string table in tables)
        {
            byte[] bytes = File.ReadAllBytes(table);
            for (int at = 0; at < bytes.Length / 2; at += 500) bytes[at] ^= 0xff;
            File.WriteAllBytes(table, bytes);
        }

        using HostProcess host = programs.Run(["topics", "read", "rows", "--data", data]);
        Assert.Equal(2, host.ExitCode);
        Assert.Contains("Corruption: ", host.Errors, StringComparison.Ordinal);
        Assert.Contains(Restore, host.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_data_directory_is_refused_unchanged()
    {
        string data = Filled();
        File.WriteAllText(Path.Combine(data, "engine", "version"), "7\n");
        CheckRefused(data, $"error: the data directory {data} was written by a newer version of StreamEngine: its format is 7, this build knows formats up to 1", "Use the newer version, or another data directory (--data DIR).");
        Assert.Equal("7\n", File.ReadAllText(Path.Combine(data, "engine", "version")));
    }

    [Fact]
    public void A_damaged_journal_is_refused_at_once_and_moved_away_the_run_goes_on()
    {
        string data = Filled(), journal = Path.Combine(data, "engine", "journal.db");
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(journal)!, "journal.db-*")) File.Delete(file);
        byte[] bytes = File.ReadAllBytes(journal);
        bytes.AsSpan(0, 100).Fill(0x55);
        File.WriteAllBytes(journal, bytes);
        CheckRefused(data, $"error: the journal {journal} can't be opened: ", "move " + journal);
        File.Delete(journal);
        using HostProcess host = Run(data);
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Contains("nothing to do", host.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void Folders_that_the_user_may_not_enter_are_named()
    {
        Skip.IfNot(File.Exists("/usr/bin/setpriv") && Environment.UserName == "root", "it takes root and setpriv to run as somebody else");
        using (HostProcess plan = HostProcess.Run(["plan", HostProcess.Flights])) Assert.Equal(0, plan.ExitCode);
        File.SetUnixFileMode(input.Combine(""), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        string open = input.Combine("open"), closed = input.Combine("closed");
        Directory.CreateDirectory(open);
        Directory.CreateDirectory(closed);
        File.WriteAllText(Path.Combine(closed, "flights.csv"), "departure,origin,destination,distance,delay\n");
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        using HostProcess source = RunAsNobody(["run", "--data", Path.Combine(open, "data")], ("FLIGHTS", Path.Combine(closed, "*.csv")));
        Assert.Equal(1, source.ExitCode);
        Assert.Contains(closed, source.Output, StringComparison.Ordinal);
        Assert.Contains("the right to read it and to enter its folders", source.Text, StringComparison.Ordinal);

        using HostProcess data = RunAsNobody(["run", "--data", Path.Combine(closed, "data")], ("FLIGHTS", Path.Combine(open, "*.csv")));
        Assert.Equal(2, data.ExitCode);
        Assert.Contains($"error: the data directory {closed}/data can't be written: ", data.Errors, StringComparison.Ordinal);
        Assert.Contains("Give this user the right to write there, or choose another with --data DIR.", data.Errors, StringComparison.Ordinal);
    }

    private static Stream<Records.NoKey, Row> Into(Stream<Records.NoKey, Row> rows, string file)
    {
        rows.To(Sqlite.Table<Row>(file, "rows", row => row.Number));
        return rows;
    }

    private static HostProcess RunAsNobody(string[] arguments, params (string Name, string Value)[] environment)
    {
        HostProcess host = HostProcess.StartCommand(
            ["/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "dotnet", HostProcess.FlightsProgram, .. arguments], "/", [("HOME", "/tmp"), .. environment]);
        host.WaitForExit();
        return host;
    }

    private void CheckRefused(string data, string error, string remedy)
    {
        using HostProcess host = Run(data);
        Assert.Equal(2, host.ExitCode);
        Assert.Contains(error, host.Errors, StringComparison.Ordinal);
        Assert.Contains(remedy, host.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Errors, StringComparison.Ordinal);
        Assert.Equal("", host.Output);
    }

    private HostProcess Run(string data) => programs.Run(["run", programs.Path, "--data", data], ("INPUT", input.Input));

    /// <summary>A data directory in which some rows were committed.</summary>
    private string Filled()
    {
        PipelinePrograms.WriteRows(input.Input, 0, 20_000);
        using HostProcess host = Run(input.DataPath);
        Assert.True(host.ExitCode == 0, host.Text);
        return input.DataPath;
    }

    /// <summary>A copy of a data directory, to be damaged.</summary>
    private sealed class Damaged : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public string Path => folder.Combine("data");

        public static Damaged CopyOf(string data)
        {
            var copy = new Damaged();
            foreach (string file in Directory.GetFiles(data, "*", SearchOption.AllDirectories))
            {
                string to = System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(data, file));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }

            return copy;
        }

        public void Dispose() => folder.Dispose();
    }
}
