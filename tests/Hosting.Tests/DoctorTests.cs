using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;
using StreamEngine.Hosting.Doctor;
using StreamEngine.Log;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(100, Health.Fail)]
    [InlineData(1024, Health.Warn)]
    [InlineData(65536, Health.Ok)]
    [InlineData(null, Health.Ok)]
    public void A_limit_on_open_files_is_judged(int? limit, object expected) => Assert.Equal(expected, MachineChecks.OpenFiles(limit).Health);

    [Theory]
    [InlineData("", Health.Warn)]
    [InlineData("8.0.404 [/usr/share/dotnet/sdk]\n", Health.Warn)]
    [InlineData("8.0.404 [/usr/share/dotnet/sdk]\n10.0.401 [/usr/share/dotnet/sdk]\n", Health.Ok)]
    public void The_newest_SDK_is_judged(string listed, object expected) => Assert.Equal(expected, MachineChecks.Sdk(listed).Health);

    [Theory]
    [InlineData(10L << 20, Health.Fail)]
    [InlineData(1L << 30, Health.Warn)]
    [InlineData(100L << 30, Health.Ok)]
    public void Free_space_is_judged(long bytes, object expected) => Assert.Equal(expected, DataDirectoryChecks.Space(bytes, "here").Health);

    [Theory]
    [InlineData(30, Health.Fail)]
    [InlineData(60, Health.Ok)]
    [InlineData(900, Health.Ok)]
    [InlineData(null, Health.Warn)]
    public void What_brokers_allow_of_transactions_is_judged(int? seconds, object expected) =>
        Assert.Equal(expected, ClusterChecks.Transactions(seconds is { } limit ? TimeSpan.FromSeconds(limit) : null, TimeSpan.FromSeconds(60)).Health);

    [Fact]
    public void A_clock_before_the_program_was_built_is_wrong()
    {
        Assert.Equal(Health.Ok, DataDirectoryChecks.Clock(folder.Path, DateTimeOffset.UtcNow).Health);
        Assert.Equal(Health.Warn, DataDirectoryChecks.Clock(folder.Path, DateTimeOffset.UnixEpoch).Health);
    }

    [Fact]
    public void A_data_directory_is_looked_at_and_left_as_it_is()
    {
        string data = folder.Combine("not", "there");
        Assert.Contains("isn't there yet, and can be made", Directory(data).Text, StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(folder.Path));
        using (DataDirectory.Open(data))
        {
            Finding held = Directory(data);
            Assert.Equal(Health.Warn, held.Health);
            Assert.Contains($"is in use by process {Environment.ProcessId} ", held.Text, StringComparison.Ordinal);
        }

        Assert.Equal(Health.Ok, Directory(data).Health);
        File.WriteAllText(Path.Combine(data, "engine", "version"), "99\n");
        Assert.Equal(Health.Fail, Directory(data).Health);
    }

    [Fact]
    public void Every_respect_is_a_line_with_what_to_do_and_an_object_for_programs()
    {
        using HostProcess text = HostProcess.Run(["doctor", "--data", folder.Combine("store")]);
        using HostProcess json = HostProcess.Run(["doctor", "--data", folder.Combine("store"), "--json"]);
        using JsonDocument parsed = JsonDocument.Parse(json.Output);
        JsonElement[] findings = [.. parsed.RootElement.EnumerateArray()];
        Assert.Equal([".NET", "SDK", "RocksDB", "Memory", "Open files", "Terminal", "Data directory", "Space", "Clock"], findings.Select(finding => finding.GetProperty("check").GetString()));
        Assert.All(findings, finding => Assert.Equal(finding.GetProperty("health").GetString() == "ok", finding.GetProperty("remedy").ValueKind == JsonValueKind.Null));
        Assert.Equal(findings.Select(finding => finding.GetProperty("health").GetString()), text.Output.Split('\n').Where(line => line.Length > 0 && line[0] != ' ').Select(line => line[..4].Trim()));
        int expected = findings.Any(finding => finding.GetProperty("health").GetString() == "fail") ? 1 : 0;
        Assert.Equal((expected, expected), (text.ExitCode, json.ExitCode));
        Assert.Empty(System.IO.Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_fails_ends_with_one()
    {
        File.WriteAllText(folder.Combine("file"), "");
        using HostProcess few = HostProcess.StartCommand(["bash", "-c", "ulimit -n 200; exec dotnet \"$1\" doctor", "bash", HostProcess.Program], folder.Path);
        few.WaitForExit();
        Assert.Equal(1, few.ExitCode);
        Assert.Contains("fail  Open files      200 files may be open at once", few.Output, StringComparison.Ordinal);
        Assert.Contains("Raise the limit: ulimit -n 16384", few.Output, StringComparison.Ordinal);
    }

    private static Finding Directory(string data) => DataDirectoryChecks.All(data).Single(finding => finding.Check == "Data directory");
}
