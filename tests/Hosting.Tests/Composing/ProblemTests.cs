using StreamEngine.Conformance;
using StreamEngine.Hosting.Tests.Broken;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>Exactly what is said of pipelines without code that are wrong.</summary>
public sealed class ProblemTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Cases => [.. All.Select(one => one.Name)];

    private static IReadOnlyList<BrokenCase> All { get; } = BrokenCase.Of(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Composing", "pipelines.cases")).ReplaceLineEndings("\n"));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_that_is_wrong_is_said_in_one_pass_with_its_place(string name)
    {
        BrokenCase broken = All.Single(one => one.Name == name);
        string file = folder.Combine("case.conf");
        File.WriteAllText(file, broken.Files["case.conf"]);
        Assert.Equal(broken.Says, HoconRun.Problems(file).Replace(folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }
}
