using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>Documents over documents, single assignments, places, comments, and how problems read.</summary>
public sealed class HoconDocumentTests
{
    [Theory]
    [InlineData("a { x = 1, y = 1 }", "a { y = 2 }, b = 3", """{"a":{"x":1,"y":2},"b":3}""")]
    [InlineData("a = ${b}, b = 1", "b = 2", """{"a":2,"b":2}""")]
    [InlineData("a = [1]", "a += 2", """{"a":[1,2]}""")]
    [InlineData("a = [1]", "a = ${a} [2]\na = ${a} [3]", """{"a":[1,2,3]}""")]
    [InlineData("a = 1", "a = ${?NONE}", """{"a":1}""")]
    [InlineData("a { x = 1 }", "a = null\na { y = 2 }", """{"a":{"y":2}}""")]
    [InlineData("a = ${base} { z = 1 }, base { x = 1 }", "a { x = ${a.x}0 }", """{"a":{"x":"10","z":1},"base":{"x":1}}""")]
    public void A_document_over_another_is_as_if_it_were_written_behind_it(string under, string over, string json)
    {
        HoconDocument low = HoconDocument.Parse(under, "low.conf");
        HoconDocument high = HoconDocument.Parse(over, "high.conf");

        Assert.Equal(json, HoconWriter.ToJson(high.Over(low).Resolve(_ => null)));
        Assert.Equal(json, Read.Json(under + "\n" + over));
        Assert.Equal(json, HoconWriter.ToJson(high.Over(low).Resolve(_ => null)));
    }

    [Theory]
    [InlineData("{ a : { x : 1 } }", "{ a : 42 }", "{ a : { y : 2 } }", """{"a":{"x":1}}""")]
    [InlineData("{ a : { x : 1 } }", "{ a : { y : 2 } }", "{ a : 42 }", """{"a":{"y":2,"x":1}}""")]
    public void What_lies_between_two_objects_keeps_them_apart(string first, string second, string third, string json)
    {
        HoconDocument[] documents = [.. new[] { first, second, third }.Select(text => HoconDocument.Parse(text, "test.conf"))];

        Assert.Equal(json, HoconWriter.ToJson(documents[0].Over(documents[1]).Over(documents[2]).Resolve()));
        Assert.Equal(json, HoconWriter.ToJson(documents[0].Over(documents[1].Over(documents[2])).Resolve()));
    }

    [Theory]
    [InlineData("a.b=5", """{"a":{"b":5}}""")]
    [InlineData("a.\"b.c\"=x y", """{"a":{"b.c":"x y"}}""")]
    [InlineData("a=[1, 2]", """{"a":[1,2]}""")]
    [InlineData("a={ b = 1, c = 2 }", """{"a":{"b":1,"c":2}}""")]
    [InlineData("a+=x", """{"a":["x"]}""")]
    [InlineData("a=http://host:80/?q=1&r=#2", """{"a":"http://host:80/?q=1&r=#2"}""")]
    [InlineData("a=Host=db;Password=x+y*z", """{"a":"Host=db;Password=x+y*z"}""")]
    [InlineData("a=C:\\temp", """{"a":"C:\\temp"}""")]
    [InlineData("a=x // y", """{"a":"x // y"}""")]
    [InlineData("a=1e+5", """{"a":1e+5}""")]
    [InlineData("a=true", """{"a":true}""")]
    [InlineData("a=\"\"", """{"a":""}""")]
    [InlineData("a=1,b=2", """{"a":"1,b=2"}""")]
    [InlineData("a = 10s ", """{"a":"10s"}""")]
    public void An_assignment_takes_a_value_with_or_without_quotes(string text, string json) =>
        Assert.Equal(json, HoconWriter.ToJson(HoconDocument.ParseAssignment(text, "--set").Resolve(_ => null)));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a=")]
    [InlineData("=1")]
    [InlineData("a..b=1")]
    [InlineData("a=[1")]
    [InlineData("a=\"x")]
    [InlineData("a=[1] b=2")]
    [InlineData("a=${x")]
    public void What_is_no_assignment_is_refused(string text) =>
        Assert.Throws<ProblemException>(() => HoconDocument.ParseAssignment(text, "--set"));

    [Fact]
    public void Plain_texts_are_fields_whatever_their_order()
    {
        var place = new SourcePlace("environment", 0, 0);
        (IReadOnlyList<string>, string, SourcePlace)[] fields = [(["a"], "lost", place), (["a", "b.c"], "${x} # {", place), (["d"], "5", place)];

        foreach (IEnumerable<(IReadOnlyList<string>, string, SourcePlace)> order in new[] { fields, fields.Reverse() })
        {
            HoconObject value = HoconDocument.OfFields(order).Over(HoconDocument.Parse("d = 4, e = ${d}", "test.conf")).Resolve();
            Assert.Equal("${x} # {", value.Find("a", "b.c")?.Value.ToString());
            Assert.Equal("5", value.Find("e")?.Value.ToString());
            Assert.Equal("environment", value.Find("e")?.Value.Place.ToString());
        }
    }

    [Fact]
    public void Every_value_keeps_the_place_where_it_is_written()
    {
        HoconDocument low = HoconDocument.Parse("a {\n  x = 1\n  y = ${b}\n}\nb = [\n  5, {\n c = 6 } ]\nm = 1", "low.conf");
        HoconDocument high = HoconDocument.Parse("a { x = 2 }\nm = ${?NONE}\nv = ${V}\nt = a ${b-text} c\nb-text = t\n", "high.conf");
        HoconObject value = high.Over(low).Resolve(Read.Variables(("V", "v")));

        Assert.Equal("high.conf:1:9", Place("a", "x"));
        Assert.Equal("high.conf:1:3", Place("a"));
        Assert.Equal("low.conf:5:5", Place("a", "y"));
        Assert.Equal("low.conf:5:5", Place("b"));
        Assert.Equal("low.conf:8:5", Place("m"));
        Assert.Equal("environment variable V", Place("v"));
        Assert.Equal("high.conf:4:5", Place("t"));
        Assert.Equal("high.conf:1:5", value.Find("a", "x")!.KeyPlace.ToString());
        Assert.Equal("low.conf:3:3", value.Find("a", "y")!.KeyPlace.ToString());
        Assert.Equal("low.conf:8:1", value.Find("m")!.KeyPlace.ToString());
        var list = (HoconArray)value.Find("b")!.Value;
        Assert.Equal(["low.conf:6:3", "low.conf:6:6"], list.Items.Select(item => item.Place.ToString()));
        Assert.Equal("low.conf:7:6", ((HoconObject)list.Items[1]).Find("c")!.Value.Place.ToString());
        Assert.Equal("  x = 1", low.LineAt(new SourcePlace("low.conf", 2, 7)));

        string Place(params string[] path) => value.Find(path)!.Value.Place.ToString();
    }

    [Fact]
    public void A_comment_belongs_to_the_field_directly_below_it_and_stays_when_it_is_overridden()
    {
        HoconDocument low = HoconDocument.Parse("# One\n# two.\na = 1 # no\n# Lost.\n\nb = 2\no { # no\n  // Inner.\n  c = 3, # no\n  d = 4\n}\n# End.\n", "low.conf");
        HoconObject value = HoconDocument.Parse("a = 2\n# Mine.\nb = 3\no.c = 4", "high.conf").Over(low).Resolve();

        Assert.Equal("One\ntwo.", value.Find("a")!.Comment);
        Assert.Equal("Mine.", value.Find("b")!.Comment);
        Assert.Equal("Inner.", value.Find("o", "c")!.Comment);
        Assert.Equal("", value.Find("o", "d")!.Comment);
        Assert.Equal("", value.Find("o")!.Comment);
    }

    [Fact]
    public void A_problem_shows_its_line_with_a_caret_and_says_what_to_do()
    {
        Problem problem = Assert.Single(Read.Problems("a {\n\turl = http://x\n}"));

        Assert.Equal(
            "test.conf:2:12 error SE1005: : can't stand in a text without quotes\n    \turl = http://x\n    \t          ^\n"
            + "  Quote the value if it belongs to it; if a new key begins before it, put a comma or a new line between the two.",
            problem.ToString());
    }

    [Fact]
    public void An_unclosed_brace_is_shown_where_it_was_opened()
    {
        Problem problem = Assert.Single(Read.Problems("a = 1\nsource {\n  path = x\n"));

        Assert.Equal((ProblemCodes.Unclosed, 2, 8, "source {"), (problem.Code, problem.Place.Line, problem.Place.Column, problem.SourceLine));
    }

    [Fact]
    public void All_problems_of_a_file_are_told_at_once_and_in_order()
    {
        const string text = "a = @x\nb = { c = \"no\\q\", d = 1 }\ne = [1,,2]\nf.. = 1\nok = ${missing}\ng\nh = x [1]\n}\ni = \"open\nj = ${k\n";

        Assert.Equal(
            [
                (ProblemCodes.ForbiddenCharacter, 1), (ProblemCodes.BadEscape, 2), (ProblemCodes.BadSeparator, 3), (ProblemCodes.BadPath, 4), (ProblemCodes.KeyWithoutValue, 6),
                (ProblemCodes.MixedKinds, 7), (ProblemCodes.Stray, 8), (ProblemCodes.UnclosedText, 9), (ProblemCodes.BadSubstitution, 10),
            ],
            Read.Problems(text).Select(problem => (problem.Code, problem.Place.Line)));
    }

    [Theory]
    [InlineData("db.password = abc@def")]
    [InlineData("url = jdbc:x?user=u&Pwd=abc")]
    [InlineData("authToken = abc ${missing}")]
    public void A_line_that_may_hold_a_secret_is_not_shown(string line)
    {
        Problem problem = Assert.Single(Read.Problems("a = 1\n" + line));

        Assert.Equal(2, problem.Place.Line);
        Assert.DoesNotContain("abc", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_line_is_not_shown_whole()
    {
        string line = "a = " + new string('x', 5_000_000) + " ?";

        Assert.Null(Assert.Single(Read.Problems(line)).SourceLine);
        Assert.InRange(Assert.Single(Read.Problems("?" + line[..^2])).SourceLine!.Length, 100, 300);
    }
}
