using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class NewTests : IDisposable
{
    private static readonly string[] OtherPlatforms = ["win", "osx", "linux-arm", "linux-musl", "alpine", "maccatalyst", "browser"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nothing_is_overwritten()
    {
        Directory.CreateDirectory(folder.Combine("taken"));
        File.WriteAllText(folder.Combine("taken", "Program.cs"), "mine");
        File.WriteAllText(folder.Combine("file"), "mine");
        foreach (string taken in (string[])["taken", "file"])
        {
            using HostProcess host = New(taken);
            Assert.Equal(2, host.ExitCode);
            Assert.Contains($"error: {folder.Combine(taken)} is there already, and nothing is overwritten\n  Give another folder, or empty this one.", host.Errors, StringComparison.Ordinal);
        }

        Assert.Equal("mine", File.ReadAllText(folder.Combine("taken", "Program.cs")));
        Assert.Equal([folder.Combine("taken", "Program.cs")], Directory.GetFileSystemEntries(folder.Combine("taken")));
    }

    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("two words", "pipelines")]
    [InlineData("Akka", "pipelines")]
    [InlineData("streamengine", "pipelines")]
    public void A_project_is_called_like_its_folder_unless_an_assembly_can_not_be(string given, string expected)
    {
        using HostProcess host = New(given);
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Equal([$"{expected}.csproj"], Directory.GetFiles(folder.Combine(given), "*.csproj").Select(Path.GetFileName));
        Assert.Contains(given.Contains(' ', StringComparison.Ordinal) ? $" run '{given}'\n" : $" run {given}\n", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_of_an_installed_host_runs_without_the_engines_source()
    {
        string installed = folder.Combine("installed");
        Copy(Path.GetDirectoryName(HostProcess.Program)!, installed);
        string program = Path.Combine(installed, "streamengine.dll");
        using HostProcess made = Run("dotnet", program, "new", "orders");
        Assert.True(made.ExitCode == 0, made.Text);
        string project = File.ReadAllText(folder.Combine("orders", "orders.csproj"));
        Assert.Contains(installed, project, StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
        using HostProcess run = Run("dotnet", program, "run", "orders");
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.Contains("orders completed: 12 records in", run.Output, StringComparison.Ordinal);

        // The host says where it is now, whatever it said then.
        Directory.Move(installed, folder.Combine("moved"));
        File.AppendAllText(folder.Combine("orders", "Program.cs"), "// changed\n");
        using HostProcess again = Run("dotnet", folder.Combine("moved", "streamengine.dll"), "run", "orders");
        Assert.True(again.ExitCode == 0, again.Text);
        Assert.Contains("nothing to do: all input was read and committed before", again.Output, StringComparison.Ordinal);
    }

    private HostProcess New(string path) => Run("dotnet", HostProcess.Program, "new", path);

    private HostProcess Run(params string[] command)
    {
        HostProcess host = HostProcess.StartCommand(command, folder.Path);
        host.WaitForExit();
        return host;
    }

    /// <summary>Copies a host as it would be installed: without documentation, and without what other platforms need.</summary>
    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(from, file);
            if (relative.EndsWith(".xml", StringComparison.Ordinal) || relative.EndsWith(".pdb", StringComparison.Ordinal)) continue;
            if (relative.Split(Path.DirectorySeparatorChar) is ["runtimes", string platform, ..] && OtherPlatforms.Any(other => platform.StartsWith(other, StringComparison.Ordinal))) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, relative))!);
            File.Copy(file, Path.Combine(to, relative));
        }
    }
}
