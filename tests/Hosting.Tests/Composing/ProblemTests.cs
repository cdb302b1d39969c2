using StreamEngine.Hosting.Tests.Broken;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>Exactly what is said of pipelines without code that are wrong.</summary>
public sealed class ProblemTests
{
    public static TheoryData<string> Cases => [.. All.Select(one => one.Name)];

    private static IReadOnlyList<BrokenCase> All { get; } = BrokenCase.Of(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Composing", "pipelines.cases")).ReplaceLineEndings("\n"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_that_is_wrong_is_said_in_one_pass_with_its_place(string name)
    {
        BrokenCase broken = All.Single(one => one.Name == name);
        Assert.Equal(broken.Says, BrokenRun.TextOf(broken));
    }
}
