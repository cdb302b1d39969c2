using System.Text;
using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>What the specification says of includes, and of files that aren't HOCON.</summary>
public sealed class HoconIncludeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("include \"b.conf\"")]
    [InlineData("include\n  \"b.conf\"")]
    [InlineData("include file(\"b.conf\")")]
    [InlineData("include file( \"b.conf\" )")]
    [InlineData("include required(\"b.conf\")")]
    [InlineData("include required( file( \"b.conf\" ) )")]
    [InlineData("include \"b\"")]
    [InlineData("include \"sub/../b.conf\"")]
    [InlineData("include\"b.conf\"")]
    public void An_include_stands_for_the_fields_of_a_file(string include)
    {
        Write("b.conf", "x = 1");

        Assert.Equal("""{"a":0,"x":1,"c":2}""", Load($"a = 0\n{include}\nc = 2"));
        Assert.Equal("""{"o":{"x":1,"c":2}}""", Load($"o {{ {include}, c = 2 }}"));
    }

    [Theory]
    [InlineData("{ foo include : 42 }", """{"foo include":42}""")]
    [InlineData("{ foo : include }", """{"foo":"include"}""")]
    [InlineData("a = [ include ]", """{"a":["include"]}""")]
    [InlineData("{ \"include\" : 42 }", """{"include":42}""")]
    [InlineData("includes = 1, include-x = 2", """{"includes":1,"include-x":2}""")]
    [InlineData("a.include = 1", """{"a":{"include":1}}""")]
    public void The_word_is_special_only_alone_at_the_beginning_of_a_key(string text, string json) => Assert.Equal(json, Load(text));

    [Theory]
    [InlineData("include = 1")]
    [InlineData("include b.conf")]
    [InlineData("include ${x}")]
    [InlineData("include url(\"http://x/b.conf\")")]
    [InlineData("include classpath(\"b.conf\")")]
    [InlineData("include required(url(\"http://x/b.conf\"))")]
    [InlineData("include \"http://x/b.conf\"")]
    [InlineData("include file(\"b.conf\"")]
    [InlineData("include file(b.conf)")]
    [InlineData("include other(\"b.conf\")")]
    [InlineData("include \"\"")]
    [InlineData("include \"sub\"")]
    public void What_is_no_include_of_a_file_is_refused(string text)
    {
        Directory.CreateDirectory(folder.Combine("sub"));

        IReadOnlyList<Problem> problems = Problems(text + "\nb = 2");

        Assert.Contains(problems, problem => problem.Code == ProblemCodes.BadInclude);
        Assert.All(problems, problem => Assert.Equal(1, problem.Place.Line));
    }

    [Fact]
    public void An_included_key_overrides_what_is_before_it_and_is_overridden_behind_it()
    {
        Write("b.conf", "x = 1, y = 1, o { p = 1 }");

        Assert.Equal("""{"x":1,"o":{"q":0,"p":1,"r":2},"y":2}""", Load("x = 0, o { q = 0 }\ninclude \"b\"\ny = 2, o { r = 2 }"));
    }

    [Fact]
    public void An_included_substitution_starts_at_the_include_and_then_at_the_root()
    {
        Write("foo.conf", "x : 10, y : ${x}, z : ${?only-at-root}");

        Assert.Equal("""{"a":{"x":10,"y":10}}""", Load("{ a : { include \"foo.conf\" } }"));
        Assert.Equal("""{"a":{"x":42,"y":42}}""", Load("{ a : { include \"foo.conf\" }\n a : { x : 42 } }"));
        Assert.Equal("""{"a":{"x":10,"y":10,"z":7},"only-at-root":7,"x":1}""", Load("a { include \"foo.conf\" }, only-at-root = 7, x = 1"));
        Assert.Equal("""{"a":{"b":{"x":10,"y":10}}}""", Load("a { b { include \"foo.conf\" } }"));
    }

    [Fact]
    public void An_included_field_that_names_itself_looks_back_at_the_including_file()
    {
        Write("foo.conf", "path = ${path} [b], more += 2");

        Assert.Equal("""{"a":{"path":["a","b"],"more":[1,2]}}""", Load("a { path = [a], more = [1]\n include \"foo\" }"));
        Assert.Equal("""{"path":["a","b"],"more":[2]}""", Load("path = [a]\n include \"foo\""));
    }

    [Fact]
    public void Includes_are_relative_to_the_file_that_they_are_in_and_may_be_absolute()
    {
        Write("sub/b.conf", "include \"deeper/c.conf\", b = 1");
        Write("sub/deeper/c.conf", "include \"../d.conf\", c = 1");
        Write("sub/d.conf", "d = 1");
        Write("elsewhere.conf", $"include \"{folder.Combine("sub", "d.conf")}\"");

        Assert.Equal("""{"d":1,"c":1,"b":1}""", Load("include \"sub/b.conf\""));
        Assert.Equal("""{"d":1}""", Load("include \"elsewhere.conf\""));
    }

    [Fact]
    public void A_missing_file_is_nothing_unless_it_is_required()
    {
        Assert.Equal("""{"a":1}""", Load("include \"no.conf\"\ninclude file(\"no\")\na = 1"));

        Problem problem = Assert.Single(Problems("a = 1\ninclude required(\"no.conf\")"));

        Assert.Equal((ProblemCodes.IncludeMissing, 2), (problem.Code, problem.Place.Line));
        Assert.Contains(folder.Combine("no.conf"), problem.Remedy, StringComparison.Ordinal);
        Assert.Contains("no.json", Assert.Single(Problems("include required(\"no\")")).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_files_that_differ_in_their_extension_all_are_read_and_HOCON_counts_most()
    {
        Write("b.properties", "x = p\ny = p\nz = p");
        Write("b.json", """{ "x" : "j", "y" : "j" }""");
        Write("b.conf", "x = c");

        Assert.Equal("""{"x":"c","y":"j","z":"p"}""", Load("include \"b\""));
        Assert.Equal("""{"x":"j","y":"j"}""", Load("include \"b.json\""));
    }

    [Fact]
    public void A_JSON_file_is_JSON_and_nothing_more()
    {
        Write("good.json", "{ \"a\" : [1, 2.50, null, true, \"${x}\"] }");
        Write("bad.json", "{\n  \"a\" : 1,\n  b = 2\n}");

        Assert.Equal("""{"a":[1,2.50,null,true,"${x}"]}""", Load("include \"good.json\""));
        Problem problem = Assert.Single(Problems("include \"bad.json\""));
        Assert.Equal((ProblemCodes.BadJson, 3, "  b = 2"), (problem.Code, problem.Place.Line, problem.SourceLine));
    }

    [Fact]
    public void Properties_are_texts_and_an_object_wins_over_a_text()
    {
        Write("p.properties", "# comment\n! another\na=hello\na.b=world\nc.d:1\nc = text\n e  two words \nf=long \\\n   line\ng=\\u0041\\tb\\=\nh\\ i=1\nj\n.=dot\nlist.0=x\nlist.1=y\n");

        Assert.Equal(
            """{"a":{"b":"world"},"c":{"d":"1"},"e":"two words ","f":"long line","g":"A\tb=","h i":"1","j":"","":{"":"dot"},"list":{"0":"x","1":"y"}}""",
            Load("include \"p.properties\""));
        Assert.True(HoconReading.TryList(HoconDocument.Load(folder.Combine("p.properties")).Resolve().Find("list")!.Value, out IReadOnlyList<HoconValue>? items));
        Assert.Equal(["x", "y"], items.Select(item => item.ToString()));
    }

    [Fact]
    public void A_list_is_not_included()
    {
        Write("list.conf", "[1, 2]");
        Write("list.json", "[1, 2]");

        Assert.Equal([ProblemCodes.NotAnObject, ProblemCodes.NotAnObject], Problems("include \"list\"").Select(problem => problem.Code));
    }

    [Fact]
    public void A_file_is_included_in_a_list_if_it_substitutes_nothing()
    {
        Write("plain.conf", "x = 1");
        Write("substitutes.conf", "x = 1, y = ${x}");

        Assert.Equal("""{"a":[{"x":1}]}""", Load("a = [{ include \"plain\" }]"));
        Assert.Equal([ProblemCodes.BadInclude], Problems("a = [{ include \"substitutes\" }]").Select(problem => problem.Code));
    }

    [Fact]
    public void A_file_that_includes_itself_is_told_with_the_chain()
    {
        Write("b.conf", "include \"c\"");
        Write("c.conf", "\n include \"main\"");

        Problem problem = Assert.Single(Problems("include \"b\""));

        Assert.Equal((ProblemCodes.IncludeCycle, folder.Combine("c.conf"), 2), (problem.Code, problem.Place.Origin, problem.Place.Line));
        Assert.Contains($"{folder.Combine("main.conf")} includes {folder.Combine("b.conf")} includes {folder.Combine("c.conf")} includes {folder.Combine("main.conf")}", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_of_all_files_are_told_at_once_with_their_lines()
    {
        Write("b.conf", "x = \n\ny = @\n");
        Write("c.conf", "z");

        IReadOnlyList<Problem> problems = Problems("include \"b\"\na = {\ninclude \"c\"\n");

        Assert.Equal(
            [(ProblemCodes.ForbiddenCharacter, "y = @"), (ProblemCodes.KeyWithoutValue, "z"), (ProblemCodes.KeyWithoutValue, "x = "), (ProblemCodes.Unclosed, "a = {")],
            problems.Select(problem => (problem.Code, problem.SourceLine!)).OrderBy(each => each.Item2 != "y = @").ThenBy(each => each.Item2 != "z").ThenBy(each => each.Item2 != "x = "));
    }

    [Fact]
    public void What_is_not_text_is_refused_with_its_place()
    {
        File.WriteAllBytes(folder.Combine("latin.conf"), [.. "a = 1\nb = gr"u8, 0xFC, .. "n\n"u8]);
        File.WriteAllBytes(folder.Combine("utf16.conf"), Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("a = 1")).ToArray());
        Write("nul.properties", "a=1\nb=\0\n");

        Problem latin = Assert.Single(Problems("include \"latin\""));
        Assert.Equal((ProblemCodes.NotText, 2, 7), (latin.Code, latin.Place.Line, latin.Place.Column));
        Assert.Contains("FC", latin.Text, StringComparison.Ordinal);
        Assert.All(Problems("include \"utf16\""), problem => Assert.Equal(ProblemCodes.NotText, problem.Code));
        Assert.Equal((ProblemCodes.NotText, 2), Assert.Single(Problems("include \"nul\"")) is var nul ? (nul.Code, nul.Place.Line) : default);
    }

    [Fact]
    public void A_text_that_is_no_file_includes_by_whole_paths_alone()
    {
        Write("b.conf", "b = 1");

        Assert.Equal([ProblemCodes.BadInclude], Read.Codes("include \"b.conf\""));
        Assert.Equal("""{"b":1}""", Read.Json($"include \"{folder.Combine("b.conf")}\""));
        Assert.Equal("""{"b":1}""", HoconWriter.ToJson(HoconDocument.Parse("include \"b\"", folder.Combine("unsaved.conf")).Resolve()));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told()
    {
        Assert.Equal([ProblemCodes.FileUnreadable], Assert.Throws<ProblemException>(() => HoconDocument.Load(folder.Combine("no.conf"))).Problems.Select(problem => problem.Code));
        Assert.Equal([ProblemCodes.FileUnreadable], Assert.Throws<ProblemException>(() => HoconDocument.Load(folder.Path)).Problems.Select(problem => problem.Code));
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Combine(name))!);
        File.WriteAllText(folder.Combine(name), text);
    }

    private string Load(string text)
    {
        Write("main.conf", text);
        return HoconWriter.ToJson(HoconDocument.Load(folder.Combine("main.conf")).Resolve(_ => null));
    }

    private IReadOnlyList<Problem> Problems(string text) => Assert.Throws<ProblemException>(() => Load(text)).Problems;
}
