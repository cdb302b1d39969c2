using StreamEngine.Diagnostics;
using StreamEngine.Log;
using StreamEngine.Tests.Children;

namespace StreamEngine.Tests.Log;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Data => folder.Combine("data");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void When_another_process_has_the_directory_then_the_error_names_it()
    {
        using ChildProcess child = ChildProcess.Start(["hold", Data]);
        Assert.Equal("held", child.Output.ReadLine());

        var error = Assert.Throws<EngineException>(() => DataDirectory.Open(Data));

        Assert.Contains($"process {child.Id} on {Environment.MachineName}", error.Message, StringComparison.Ordinal);
        Assert.Contains(Data, error.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIR", error.Remedy, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        child.Release();
        using DataDirectory free = DataDirectory.Open(Data);
    }

    [Fact]
    public void When_the_process_that_has_the_directory_is_killed_then_it_is_free()
    {
        using ChildProcess child = ChildProcess.Start(["hold", Data]);
        Assert.Equal("held", child.Output.ReadLine());

        child.Kill();

        using DataDirectory free = DataDirectory.Open(Data);
        Assert.Contains($"process {Environment.ProcessId} ", DataDirectoryOwner.Read(free.EnginePath)!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void When_this_process_has_the_directory_then_opening_it_again_is_refused()
    {
        using DataDirectory first = DataDirectory.Open(Data);

        Assert.Contains($"process {Environment.ProcessId} ", Assert.Throws<EngineException>(() => DataDirectory.Open(Data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_log_is_open_already_then_opening_it_again_is_refused_with_what_to_do()
    {
        using EmbeddedLog first = EmbeddedLog.Open(folder.Combine("log"), LogImage.Quiet);

        var error = Assert.Throws<EngineException>(() => EmbeddedLog.Open(folder.Combine("log"), LogImage.Quiet));

        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.Contains(folder.Combine("log"), error.Message, StringComparison.Ordinal);
        Assert.Contains("Stop the process", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_newer_build_wrote_the_directory_then_it_is_refused_and_not_touched()
    {
        DataDirectory.Open(Data).Dispose();
        string version = Path.Combine(DataDirectory.EnginePathOf(Data), "version");
        Assert.Equal("1\n", File.ReadAllText(version));
        File.WriteAllText(version, "2\n");

        var error = Assert.Throws<DataVersionException>(() => DataDirectory.Open(Data));

        Assert.Contains("its format is 2, this build knows formats up to 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(Data, error.Message, StringComparison.Ordinal);
        Assert.Equal("2\n", File.ReadAllText(version));
    }

    [Fact]
    public void When_the_version_can_t_be_read_then_the_error_names_the_file()
    {
        DataDirectory.Open(Data).Dispose();
        string version = Path.Combine(DataDirectory.EnginePathOf(Data), "version");
        File.WriteAllText(version, "one");

        var error = Assert.Throws<EngineException>(() => DataDirectory.Open(Data));

        Assert.Equal(ErrorDomain.Data, error.Domain);
        Assert.Contains(version, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_file_lies_where_the_directory_should_be_then_the_error_says_so()
    {
        File.WriteAllText(Data, "");

        var error = Assert.Throws<EngineException>(() => DataDirectory.Open(Data));

        Assert.Contains(Data, error.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIR", error.Remedy, StringComparison.Ordinal);
    }
}
