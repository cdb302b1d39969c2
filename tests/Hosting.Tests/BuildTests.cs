using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;
using StreamEngine.Hosting.Loading;

namespace StreamEngine.Hosting.Tests;

[Collection(HostProcesses.Name)]
public sealed class BuildTests(PipelinePrograms programs) : IDisposable
{
    private const string Project = "<Project><ItemGroup><ProjectReference Include=\"../common/common.csproj\" /><Compile Include=\"../linked/*.cs\" /></ItemGroup></Project>";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_lone_file_is_built_when_it_changed_and_not_when_nothing_did()
    {
        string file = folder.Combine("lines.cs");
        Define(file, "first");
        Plan(file, isBuilt: true, "topic first");
        Plan(file, isBuilt: false, "topic first");
        Define(file, "second");
        Plan(file, isBuilt: true, "topic second");
    }

    [Fact]
    public void A_broken_file_gives_the_compilers_error_once()
    {
        string file = folder.Combine("broken.cs");
        Define(file, "first");
        File.AppendAllText(file, "int number = \"text\";\n");
        using HostProcess host = programs.Run(["run", file, "--data", folder.Combine("data")]);
        Assert.Equal(2, host.ExitCode);
        Assert.Contains($"error: {file} can't be built:", host.Errors, StringComparison.Ordinal);
        Assert.Contains($"{file}(3,14): error CS0029: Cannot implicitly convert type 'string' to 'int'", host.Errors, StringComparison.Ordinal);
        Assert.Equal(2, host.Errors.Split("CS0029").Length);
        Assert.DoesNotContain("   at ", host.Errors, StringComparison.Ordinal);
        Assert.Equal("", host.Output);
    }

    [Theory]
    [InlineData("own/Program.cs")]
    [InlineData("own/below/More.cs")]
    [InlineData("own/own.csproj")]
    [InlineData("common/Common.cs")]
    [InlineData("common/common.csproj")]
    [InlineData("linked/Linked.cs")]
    [InlineData("Directory.Build.props")]
    public void A_project_is_another_when_what_it_is_built_from_changes(string changed)
    {
        string[] files = ["own/Program.cs", "own/below/More.cs", "own/obj/Made.cs", "common/Common.cs", "linked/Linked.cs", "Directory.Build.props", "common/common.csproj", "elsewhere/Other.cs"];
        foreach (string file in files) Write(file, file.EndsWith("proj", StringComparison.Ordinal) || file.EndsWith("props", StringComparison.Ordinal) ? "<Project />" : "class C;");
        Write("own/own.csproj", Project);
        string before = Hash();
        Write("own/obj/Made.cs", "class D;");
        Write("elsewhere/Other.cs", "class D;");
        Assert.Equal(before, Hash());
        File.AppendAllText(folder.Combine(changed), "<!-- changed -->");
        Assert.NotEqual(before, Hash());
    }

    private string Hash() => BuildStamp.HashOf(new ProjectBuild(folder.Combine("own", "own.csproj")).Inputs());

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Combine(file))!);
        File.WriteAllText(folder.Combine(file), text);
    }

    private static void Define(string file, string topic) => File.WriteAllText(
        file,
        $"""
        return await StreamApp.Run(args, app => app.Pipeline("lines", p =>
            p.From(Files.Lines("in.txt")).KeyBy(line => line).To(Topic.Of<string, string>("{topic}"))));

        """);

    private void Plan(string file, bool isBuilt, string expected)
    {
        using HostProcess host = programs.Run(["plan", file]);
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Equal(isBuilt ? $"building {file}\n" : "", host.Errors);
        Assert.Contains(expected, host.Output, StringComparison.Ordinal);
    }
}
