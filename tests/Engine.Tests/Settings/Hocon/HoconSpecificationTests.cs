using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>The examples and rules of the specification, section by section, up to paths; what is substituted and included is in files of its own.</summary>
public sealed class HoconSpecificationTests
{
    [Theory]
    [InlineData("a = 1 # no\n// b = 2\nc = \"# // in\"", """{"a":1,"c":"# // in"}""")]
    [InlineData("# only\n// comments", "{}")]
    [InlineData("a = b//c", """{"a":"b"}""")]
    [InlineData("a = b/c", """{"a":"b/c"}""")]
    [InlineData("a = b#c", """{"a":"b"}""")]
    public void Comments_go_to_the_end_of_their_line(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("", "{}")]
    [InlineData("  \n\n ", "{}")]
    [InlineData("{}", "{}")]
    [InlineData(" { a : 1 } \n # end", """{"a":1}""")]
    [InlineData("a : 1", """{"a":1}""")]
    [InlineData("\uFEFF{ a : 1 }", """{"a":1}""")]
    [InlineData("\uFEFFa : 1", """{"a":1}""")]
    [InlineData("a : 1\r\nb : 2\r\n", """{"a":1,"b":2}""")]
    public void Outer_braces_may_be_left_out(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("a : 1 }", ProblemCodes.Stray)]
    [InlineData("{ a : 1 } b : 2", ProblemCodes.Stray)]
    [InlineData("{ a : 1", ProblemCodes.Unclosed)]
    [InlineData("[1, 2]", ProblemCodes.NotAnObject)]
    public void Braces_are_balanced_and_the_root_is_an_object(string text, string code) => Assert.Equal([code], Read.Codes(text));

    [Theory]
    [InlineData("a = 1")]
    [InlineData("a : 1")]
    [InlineData("\"a\" : 1")]
    [InlineData("a=1")]
    [InlineData("a\n:\n1")]
    [InlineData("a = # one\n 1")]
    public void Equals_and_colon_separate_alike(string text) => Assert.Equal("""{"a":1}""", Read.Json(text));

    [Theory]
    [InlineData("\"foo\" {}", """{"foo":{}}""")]
    [InlineData("foo { b = 1 }", """{"foo":{"b":1}}""")]
    [InlineData("foo\n{ b = 1 }", """{"foo":{"b":1}}""")]
    [InlineData("foo{b{c=1}}", """{"foo":{"b":{"c":1}}}""")]
    public void An_object_needs_no_separator_before_it(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("a = [1,2,3,]", """{"a":[1,2,3]}""")]
    [InlineData("a = [1\n2\n3]", """{"a":[1,2,3]}""")]
    [InlineData("a = [1\n,2,\n3\n]", """{"a":[1,2,3]}""")]
    [InlineData("{a=1,b=2,}", """{"a":1,"b":2}""")]
    [InlineData("{a=1\nb=2}", """{"a":1,"b":2}""")]
    [InlineData("a=1,b=2", """{"a":1,"b":2}""")]
    [InlineData("a=1,\nb=2,", """{"a":1,"b":2}""")]
    public void Commas_may_be_new_lines_and_one_may_trail(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("a = [1,2,3,,]")]
    [InlineData("a = [,1,2,3]")]
    [InlineData("a = [1,,2,3]")]
    [InlineData("{a=1,b=2,,}")]
    [InlineData("{,a=1}")]
    [InlineData("{a=1,,b=2}")]
    [InlineData(",a=1")]
    [InlineData("a = [1,\n,2]")]
    [InlineData("a = [,]")]
    public void A_comma_that_separates_nothing_is_refused(string text) => Assert.Equal([ProblemCodes.BadSeparator], Read.Codes(text));

    [Theory]
    [InlineData('\u0020')]
    [InlineData('\t')]
    [InlineData('\v')]
    [InlineData('\f')]
    [InlineData('\r')]
    [InlineData('\u001C')]
    [InlineData('\u001D')]
    [InlineData('\u001E')]
    [InlineData('\u001F')]
    [InlineData('\u00A0')]
    [InlineData('\u2007')]
    [InlineData('\u202F')]
    [InlineData('\u2028')]
    [InlineData('\u2029')]
    [InlineData('\u3000')]
    [InlineData('\uFEFF')]
    public void Whatever_is_white_in_Unicode_is_white_space(char space)
    {
        Assert.Equal("""{"a":"b","c":[1]}""", Read.Json($"{space}a{space}={space}b{space}\n{space}c{space}:[{space}1{space}]{space}"));
        Assert.Equal($"x{space}y", Read.Resolved($"a = x{space}y").Find("a")?.Value.ToString());
    }

    [Theory]
    [InlineData("""{ "foo" : { "a" : 42 }, "foo" : { "b" : 43 } }""", """{"foo":{"a":42,"b":43}}""")]
    [InlineData("""{ "foo" : { "a" : 42, "b" : 43 } }""", """{"foo":{"a":42,"b":43}}""")]
    [InlineData("""{ "foo" : { "a" : 42 }, "foo" : null, "foo" : { "b" : 43 } }""", """{"foo":{"b":43}}""")]
    [InlineData("a = 1\na = 2", """{"a":2}""")]
    [InlineData("a { x = 1 }\na = [1]\na { y = 2 }", """{"a":{"y":2}}""")]
    [InlineData("a { x { p = 1, q = 2 } }\na { x { q = 3, r = 4 } }", """{"a":{"x":{"p":1,"q":3,"r":4}}}""")]
    [InlineData("a = [1, 2]\na = [3]", """{"a":[3]}""")]
    [InlineData("b = 1\na = 2\nb = 3", """{"b":3,"a":2}""")]
    public void The_last_of_duplicate_keys_counts_and_objects_are_merged(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("-1.5e-3", "-1.5e-3")]
    [InlineData("1e+5", "1e+5")]
    [InlineData("truefoo", "\"truefoo\"")]
    [InlineData("footrue", "\"footrue\"")]
    [InlineData("10.0bar", "\"10.0bar\"")]
    [InlineData("bar10.0", "\"bar10.0\"")]
    [InlineData("1e5", "1e5")]
    [InlineData("True", "\"True\"")]
    [InlineData("-foo", "\"-foo\"")]
    [InlineData("007", "\"007\"")]
    [InlineData("2024-05-01", "\"2024-05-01\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("10 s", "\"10 s\"")]
    [InlineData("a-b_c.d/e;f(g)|h%i~j<k>l'm", "\"a-b_c.d/e;f(g)|h%i~j<k>l'm\"")]
    [InlineData("größe", "\"größe\"")]
    [InlineData("\u0001", "\"\\u0001\"")]
    public void A_text_without_quotes_is_a_number_or_a_word_or_itself(string text, string json) => Assert.Equal($"{{\"a\":{json}}}", Read.Json($"a = {text}"));

    [Theory]
    [InlineData("$x")]
    [InlineData("a+b")]
    [InlineData("`x")]
    [InlineData("x^y")]
    [InlineData("what?")]
    [InlineData("!x")]
    [InlineData("me@home")]
    [InlineData("*")]
    [InlineData("a&b")]
    [InlineData("a\\b")]
    [InlineData("http://x")]
    [InlineData("b=c")]
    [InlineData("1+1")]
    [InlineData("+5")]
    public void A_forbidden_character_is_named_and_to_be_quoted(string text)
    {
        Problem problem = Assert.Single(Read.Problems($"a = {text}\nb = 2"));

        Assert.Equal(ProblemCodes.ForbiddenCharacter, problem.Code);
        Assert.Contains("uote", problem.Remedy, StringComparison.Ordinal);
        Assert.Equal(1, problem.Place.Line);
        Assert.StartsWith(problem.SourceLine![problem.Place.Column - 1].ToString(), problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"", "\"\\/\b\f\n\r\té😀")]
    [InlineData("\"\"", "")]
    [InlineData("\"true\"", "true")]
    [InlineData("\" x \"", " x ")]
    public void Quoted_texts_are_those_of_JSON(string quoted, string text) => Assert.Equal((HoconKind.Text, text), Scalar($"a = {quoted}"));

    [Theory]
    [InlineData("\"\\x\"", ProblemCodes.BadEscape)]
    [InlineData("\"\\u12\"", ProblemCodes.BadEscape)]
    [InlineData("\"a\tb\"", ProblemCodes.BadEscape)]
    [InlineData("\"abc", ProblemCodes.UnclosedText)]
    [InlineData("\"abc\\", ProblemCodes.UnclosedText, ProblemCodes.BadEscape)]
    [InlineData("\"\"\"abc", ProblemCodes.UnclosedText)]
    public void A_quoted_text_that_JSON_would_refuse_is_refused(string quoted, params string[] codes) => Assert.Equal(codes, Read.Codes($"a = {quoted}").Order());

    [Theory]
    [InlineData("\"\"\"foo\"\"\"", "foo")]
    [InlineData("\"\"\"foo\"\"\"\"", "foo\"")]
    [InlineData("\"\"\"foo\"\"\"\"\"", "foo\"\"")]
    [InlineData("\"\"\"\"\"\"", "")]
    [InlineData("\"\"\"a\n  b\\n \\u0041 ${x} \"q\" # no\"\"\"", "a\n  b\\n \\u0041 ${x} \"q\" # no")]
    [InlineData("\"\"\" a \"\"\" b", " a  b")]
    public void Three_quotes_take_everything_as_it_is(string quoted, string text) => Assert.Equal((HoconKind.Text, text), Scalar($"a = {quoted}"));

    [Theory]
    [InlineData("  foo bar baz  ", "foo bar baz")]
    [InlineData("\"foo bar\"", "foo bar")]
    [InlineData("foo   bar", "foo   bar")]
    [InlineData("foo \"bar\"  \" baz \"", "foo bar   baz ")]
    [InlineData("\"a\"\"b\" c", "ab c")]
    [InlineData("true foo", "true foo")]
    [InlineData("null x", "null x")]
    [InlineData("1e5 x", "1e5 x")]
    [InlineData("1 2", "1 2")]
    public void Simple_values_on_a_line_make_one_text(string value, string text) => Assert.Equal((HoconKind.Text, text), Scalar($"a = {value}"));

    [Theory]
    [InlineData("a : { b : 1, c : 2 }")]
    [InlineData("a : { b : 1 } { c : 2 }")]
    [InlineData("a : { b : 1 }\na : { c : 2 }")]
    [InlineData("a : { b : 0 } { b : 1, c : 2 }")]
    public void There_are_several_ways_to_the_same_object(string text) => Assert.Equal("""{"a":{"b":1,"c":2}}""", Read.Json(text));

    [Theory]
    [InlineData("a : [ 1, 2, 3, 4 ]")]
    [InlineData("a : [ 1, 2 ] [ 3, 4 ]")]
    [InlineData("a : [ 1, 2 ]\na : ${a} [ 3, 4 ]")]
    [InlineData("a : [\n1\n2\n3\n4\n]")]
    [InlineData("a : [ 1, 2 ]\na += 3\na += 4")]
    public void There_are_several_ways_to_the_same_list(string text) => Assert.Equal("""{"a":[1,2,3,4]}""", Read.Json(text));

    [Theory]
    [InlineData("a = [ 1 2 3 4 ]", """{"a":["1 2 3 4"]}""")]
    [InlineData("a = [ [ 1, 2 ] [ 3, 4 ] ]", """{"a":[[1,2,3,4]]}""")]
    [InlineData("a = [ [ 1, 2 ]\n [ 3, 4 ] ]", """{"a":[[1,2],[3,4]]}""")]
    [InlineData("name = N, world = W, a = [ This is an unquoted string my name is ${name}, Hello ${world} ]", """{"name":"N","world":"W","a":["This is an unquoted string my name is N","Hello W"]}""")]
    [InlineData("p = [1], q = [2], x = {k:1}, y = {l:2}, a = [ ${p} ${q}, ${x} ${y} ]", """{"p":[1],"q":[2],"x":{"k":1},"y":{"l":2},"a":[[1,2],{"k":1,"l":2}]}""")]
    [InlineData("data-center-generic = { cluster-size = 6 }\ndata-center-east = ${data-center-generic} { name = \"east\" }", """{"data-center-generic":{"cluster-size":6},"data-center-east":{"cluster-size":6,"name":"east"}}""")]
    [InlineData("path = [ /bin ]\npath = ${path} [ /usr/bin ]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("a = { x = [\n1\n] } { y = 2 }", """{"a":{"x":[1],"y":2}}""")]
    public void Lists_and_objects_join_on_a_line(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("a = [1] x")]
    [InlineData("a = x [1]")]
    [InlineData("a = { b = 1 } x")]
    [InlineData("a = x { b = 1 }")]
    [InlineData("a = { b = 1 } [1]")]
    [InlineData("a = [1] \" \" [2]")]
    [InlineData("l = [1], a = ${l} x")]
    [InlineData("l = { b = 1 }, a = x ${l}")]
    [InlineData("l = 5, a = ${l} [1]")]
    [InlineData("l = null, a = ${l} [1]")]
    [InlineData("a = 1\na += 2")]
    [InlineData("l = 5, a = ${l} { b = 1 }")]
    public void Different_kinds_do_not_join(string text) => Assert.Equal([ProblemCodes.MixedKinds], Read.Codes(text));

    [Theory]
    [InlineData("a.b.\"c.d\" = 1", """{"a":{"b":{"c.d":1}}}""")]
    [InlineData("10.0foo = 1", """{"10":{"0foo":1}}""")]
    [InlineData("foo10.0 = 1", """{"foo10":{"0":1}}""")]
    [InlineData("foo\"10.0\" = 1", """{"foo10.0":1}""")]
    [InlineData("1.2.3 = 1", """{"1":{"2":{"3":1}}}""")]
    [InlineData("a.\"\".b = 1", """{"a":{"":{"b":1}}}""")]
    [InlineData("\"\" = 1", """{"":1}""")]
    [InlineData("foo.bar : 42", """{"foo":{"bar":42}}""")]
    [InlineData("foo.bar.baz : 42", """{"foo":{"bar":{"baz":42}}}""")]
    [InlineData("a.x : 42, a.y : 43", """{"a":{"x":42,"y":43}}""")]
    [InlineData("a b c : 42", """{"a b c":42}""")]
    [InlineData("a  b \"c\" : 42", """{"a  b c":42}""")]
    [InlineData("true : 42", """{"true":42}""")]
    [InlineData("3 : 42", """{"3":42}""")]
    [InlineData("3.14 : 42", """{"3":{"14":42}}""")]
    [InlineData("-1 : 42", """{"-1":42}""")]
    [InlineData("\"\"\"a.b\"\"\" : 42", """{"a.b":42}""")]
    [InlineData("a.b { c = 1 }\na.b.d = 2", """{"a":{"b":{"c":1,"d":2}}}""")]
    [InlineData("a = 1, a.b = 2", """{"a":{"b":2}}""")]
    public void Keys_are_path_expressions(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("a..b = 1", ProblemCodes.BadPath)]
    [InlineData(".a = 1", ProblemCodes.BadPath)]
    [InlineData("a. = 1", ProblemCodes.BadPath)]
    [InlineData("= 1", ProblemCodes.BadPath)]
    [InlineData("${a} = 1", ProblemCodes.BadPath)]
    [InlineData("a$ = 1", ProblemCodes.BadPath)]
    [InlineData("a = ${b..c}", ProblemCodes.BadPath)]
    [InlineData("a = ${${b}}", ProblemCodes.BadPath)]
    [InlineData("{ [1] = 1 }", ProblemCodes.BadPath)]
    [InlineData("a", ProblemCodes.KeyWithoutValue)]
    [InlineData("a =", ProblemCodes.KeyWithoutValue)]
    [InlineData("a = \nb = 1", ProblemCodes.KeyWithoutValue)]
    [InlineData("{ a : }", ProblemCodes.KeyWithoutValue)]
    [InlineData("{ a : , b : 1 }", ProblemCodes.KeyWithoutValue)]
    [InlineData("a\nb = 1", ProblemCodes.KeyWithoutValue)]
    public void What_is_no_key_or_has_no_value_is_refused(string text, string code) => Assert.Equal([code], Read.Codes(text));

    private static (HoconKind Kind, string? Text) Scalar(string text) =>
        Read.Resolved(text).Find("a")?.Value is HoconScalar scalar ? (scalar.Kind, scalar.Text) : default;
}
