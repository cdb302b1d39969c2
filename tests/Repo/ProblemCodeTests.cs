using System.Text.RegularExpressions;

namespace StreamEngine.Repo.Tests;

/// <summary>The codes of problems: that each is documented, and none twice.</summary>
public sealed partial class ProblemCodeTests
{
    [Fact]
    public void Every_code_stands_in_docs_with_what_the_source_says_of_it()
    {
        string docs = Repository.Text("docs/problems.md");

        Repository.Holds(
            "docs/problems.md has each code with the comment of its constant.",
            Codes().Where(code => !docs.Contains($"\n## {code.Code}\n\n{code.Meaning}\n", StringComparison.Ordinal)).Select(code => $"{code.Code}: {code.Meaning}"));
    }

    [Fact]
    public void No_code_in_docs_is_without_a_constant() => Repository.Holds(
        "A code that is gone is gone from docs/problems.md too.",
        Headings().Matches(Repository.Text("docs/problems.md")).Select(match => match.Groups[1].Value).Except(Codes().Select(code => code.Code)));

    [Fact]
    public void No_two_constants_have_the_same_code() => Repository.Holds(
        "A code means one thing.", Codes().GroupBy(code => code.Code).Where(same => same.Count() > 1).Select(same => same.Key));

    private static IEnumerable<(string Code, string Meaning)> Codes() =>
        from file in Repository.Below("src/Engine/Diagnostics")
        where Path.GetFileName(file).StartsWith("ProblemCodes.", StringComparison.Ordinal)
        from Match match in Constants().Matches(Repository.Text(file))
        select (match.Groups["code"].Value, Plain(match.Groups["comment"].Value));

    /// <summary>A comment as text: one line, with the code's marks for code.</summary>
    private static string Plain(string comment)
    {
        string text = string.Join(' ', comment.Split('\n').Select(line => line.Trim().TrimStart('/').Trim())).Trim();
        return text.Replace("<c>", "`", StringComparison.Ordinal).Replace("</c>", "`", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
    }

    [GeneratedRegex("""/// <summary>(?<comment>[^<]*(?:<(?!/summary>)[^<]*)*)</summary>\s*public const string \w+ = "(?<code>SE\d{4})";""")]
    private static partial Regex Constants();

    [GeneratedRegex("""^## (SE\d{4})$""", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
