using System.Text.RegularExpressions;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Planning;

namespace StreamEngine.Tests.Planning;

public sealed partial class PlanMermaidTests
{
    private const string Label = "\"([^\"#<>&`;%\\\\]|#[0-9]+;|<br/>)*\"";

    [Fact]
    public void Stages_topics_and_cuts_are_drawn_and_joined()
    {
        string chart = PlanMermaid.Of([PlanFixture.Plan(p => p.From(PlanFixture.Input).KeyBy(n => n).Count().To(Topic.Of<int, long>("output")))]);
        string[] lines = Lines(chart);
        Assert.Equal(3, lines.Count(line => Cylinder().IsMatch(line)));
        Assert.Single(lines, line => Cylinder().IsMatch(line) && line.Contains("<br/>cut: ", StringComparison.Ordinal));
        string cut = Id(lines.Single(line => line.Contains("<br/>cut: ", StringComparison.Ordinal)));
        Assert.Single(lines, line => line.EndsWith($"--> {cut}", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith($"{cut} --> ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_topic_that_one_pipeline_writes_and_another_reads_is_drawn_once()
    {
        PipelinePlan first = PlanFixture.Plan(p => p.From(PlanFixture.Input).To(PlanFixture.Output));
        PipelinePlan second = PlanFixture.Plan(p => p.From(PlanFixture.Output).Where(n => n > 0).To(Topic.Of<string, int>("last")));
        string shared = Id(Assert.Single(Lines(PlanMermaid.Of([first, second])), line => line.Contains("\"topic output\"", StringComparison.Ordinal)));
        Assert.Equal(2, Lines(PlanMermaid.Of([first, second])).Count(line => line.Contains("-->", StringComparison.Ordinal) && line.Split(' ').Contains(shared)));
    }

    [Fact]
    public void Whatever_a_name_holds_every_line_is_one_of_the_grammar()
    {
        string[] wild = ["\"]; end", "a#quot;b", "<script>", "%%{init: {}}%%", "`**bold**`", "two\nlines", "a & b | c", "\\", "subgraph x"];
        foreach (string name in wild)
        {
            string chart = PlanMermaid.Of([PlanFixture.Plan(p => p.From(PlanFixture.Input).To(PlanFixture.Sink<string, int>("out", new Named(name))))]);
            string[] lines = Lines(chart);
            Assert.Equal("flowchart LR", lines[0]);
            Assert.All(lines.Skip(1), line => Assert.Matches(Grammar(), line));
            Assert.Equal(lines.Count(line => line.StartsWith("subgraph ", StringComparison.Ordinal)), lines.Count(line => line == "end"));
        }
    }

    private static string[] Lines(string chart) => [.. chart.TrimEnd('\n').Split('\n').Select(line => line.Trim())];

    private static string Id(string line) => line[..line.IndexOf('[', StringComparison.Ordinal)];

    [GeneratedRegex("""^t[0-9]+\[\("[^"]*"\)\]$""")]
    private static partial Regex Cylinder();

    /// <summary>Boxes, nodes with quoted labels in which what has a meaning is written by its number, and edges.</summary>
    private static Regex Grammar() => new($"^(subgraph p[0-9]+(s[0-9]+)?\\[{Label}\\]|end|[nt][0-9]+(\\[{Label}\\]|\\(\\[{Label}\\]\\)|\\[\\[{Label}\\]\\]|\\[\\({Label}\\)\\])|[nt][0-9]+ --> [nt][0-9]+)$");

    private sealed record Named(string Id) : DatabaseCommitPoint(Id)
    {
        public override ICommitDatabase Open(string folder, string logId) => throw new NotSupportedException("a plan opens nothing");
    }
}
