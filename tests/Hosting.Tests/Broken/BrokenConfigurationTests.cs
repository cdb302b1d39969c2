using System.Reflection;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Checks;
using StreamEngine.Hosting.Loading;
using StreamEngine.Operators;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Tests.Broken;

/// <summary>
/// Whether errors teach: each case is a configuration with a mistake that somebody makes, and all that is said of it, to the character. One mistake is one
/// error, at its place, with what to do next.
/// </summary>
public sealed class BrokenConfigurationTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Broken");

    public static IEnumerable<object[]> Cases =>
        from file in Directory.GetFiles(Folder, "*.txt").Order(StringComparer.Ordinal)
        from given in In(file)
        select (object[])[Path.GetFileNameWithoutExtension(file), given.Name];

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_that_is_wrong_is_said_where_it_is(string file, string name)
    {
        BrokenCase given = In(Path.Combine(Folder, $"{file}.txt")).Single(given => given.Name == name);
        Assert.Equal(given.Says, BrokenRun.TextOf(given));
    }

    [Fact]
    public void There_are_at_least_a_hundred_cases_and_no_two_of_a_file_have_one_name()
    {
        object[][] cases = [.. Cases];
        Assert.True(cases.Length >= 100, $"there are {cases.Length}");
        Assert.Equal(cases.Length, cases.Select(row => (row[0], row[1])).Distinct().Count());
    }

    [Fact]
    public void Every_code_comes_up_in_a_case_or_in_a_program()
    {
        HashSet<string> found = [.. All().SelectMany(BrokenRun.Of).Concat(OfPrograms()).Select(problem => problem.Code)];
        Assert.Empty(typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral && !found.Contains((string)field.GetRawConstantValue()!))
            .Select(field => $"{field.Name} {field.GetRawConstantValue()}"));
    }

    [Fact]
    public void Ten_mistakes_are_ten_errors_in_the_order_of_their_places()
    {
        IReadOnlyList<Problem> problems = BrokenRun.Of(All().Single(given => given.Name == "ten mistakes at once"));
        Assert.Equal(10, problems.Count);
        Assert.All(problems, problem => Assert.True(problem.IsError));
        Assert.Equal(problems.OrderBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column), problems);
        Assert.Equal(10, problems.Select(problem => problem.Place).Distinct().Count());
    }

    [Fact]
    public void Every_error_says_in_one_line_what_is_wrong_and_then_what_to_do() => Assert.All(All().SelectMany(BrokenRun.Of), problem =>
    {
        Assert.NotEmpty(problem.Text);
        Assert.DoesNotContain('\n', problem.Text);
        Assert.False(problem.Text.EndsWith('.'), problem.Text);
        Assert.True(problem.Remedy.EndsWith('.') || problem.Remedy.EndsWith('?'), problem.Remedy);
        Assert.InRange(problem.Place.Column, 0, problem.SourceLine is { Length: > 0 } line ? line.Length + 1 : int.MaxValue);
    });

    /// <summary>What is wrong with programs, that no configuration can have: one that throws, and one with a stream that ends nowhere.</summary>
    private static IEnumerable<Problem> OfPrograms() =>
        from define in (Action<StreamAppBuilder>[])[_ => throw new InvalidOperationException("there is no such shop"), app => app.Pipeline("idle", p => p.From(Files.Files.Lines("in.txt")))]
        from problem in PipelineCheck.Of(new OwnProgram(define, Folder), "program", EngineSettings.Load()).Problems
        select problem;

    /// <summary>All cases.</summary>
    internal static IEnumerable<BrokenCase> All() => Directory.GetFiles(Folder, "*.txt").SelectMany(In);

    private static IReadOnlyList<BrokenCase> In(string file) => BrokenCase.Of(File.ReadAllText(file));
}
