using StreamEngine.Diagnostics;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>The examples and rules of the specification on substitutions.</summary>
public sealed class HoconSpecificationTests_Substitutions
{
    [Theory]
    [InlineData("animal.favorite = cat\nkey : ${animal.favorite} is my favorite animal", "cat is my favorite animal")]
    [InlineData("animal.favorite = cat\nkey : ${animal.favorite}\" is my favorite animal\"", "cat is my favorite animal")]
    [InlineData("key : \"${animal}\"", "${animal}")]
    [InlineData("key : a ${x} b, x = 1e5", "a 1e5 b")]
    [InlineData("key : a${x}b, x = null", "anullb")]
    [InlineData("key : a ${x} b, x = true", "a true b")]
    [InlineData("key : ${?x} b", " b")]
    [InlineData("key : a${?x}b", "ab")]
    [InlineData("key : ${\"a.b\".c}, \"a.b\" { c = 1 }", "1")]
    [InlineData("key : ${ a }, a = 1", "1")]
    [InlineData("a = ${b}, b = ${c}, c = 3, key = ${a}${b}${c}", "333")]
    public void A_substitution_is_part_of_a_text_only_outside_quotes(string text, string expected) => Assert.Equal(expected, Read.Resolved(text).Find("key")?.Value.ToString());

    [Theory]
    [InlineData("a = ${b}\nb = 5", """{"a":5,"b":5}""")]
    [InlineData("b = 5\na = ${b}\nb = 6", """{"b":6,"a":6}""")]
    [InlineData("b { x = 1 }\na = ${b}\nb { y = 2 }", """{"b":{"x":1,"y":2},"a":{"x":1,"y":2}}""")]
    [InlineData("a = ${b.c}, b = { c = [1, true, null] }", """{"a":[1,true,null],"b":{"c":[1,true,null]}}""")]
    [InlineData("a = ${b}, b = true", """{"a":true,"b":true}""")]
    [InlineData("a = ${b}, b = null", """{"a":null,"b":null}""")]
    public void A_substitution_has_the_final_value_and_its_kind(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("foo : ${?bar}", "{}")]
    [InlineData("foo : 1\nfoo : ${?bar}", """{"foo":1}""")]
    [InlineData("foo : ${?bar}${?baz}", "{}")]
    [InlineData("foo : ${?bar} ${?baz}", "{}")]
    [InlineData("foo : [1, ${?bar}, 2]", """{"foo":[1,2]}""")]
    [InlineData("foo : [1] ${?bar}", """{"foo":[1]}""")]
    [InlineData("foo : { x : 1 } ${?bar}", """{"foo":{"x":1}}""")]
    [InlineData("foo : { x : ${?bar} }", """{"foo":{}}""")]
    [InlineData("foo : { x : 1 }\nfoo : ${?bar}\nfoo : { y : 2 }", """{"foo":{"x":1,"y":2}}""")]
    public void What_may_be_missing_leaves_what_was_there(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("path : \"a:b:c\"\npath : ${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("foo : ${?foo}", "{}")]
    [InlineData("foo : { a : 1 }\nfoo : ${foo}", """{"foo":{"a":1}}""")]
    [InlineData("foo : ${does-not-exist}\nfoo : 42", """{"foo":42}""")]
    [InlineData("foo : ${foo}, foo : 42", """{"foo":42}""")]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("bar : { foo : 42,\n baz : ${bar.foo}\n }", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar : { foo : 42,\n baz : ${bar.foo}\n }\nbar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4", """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("a : 1\na : ${a} ${a}\na : ${a}x", """{"a":"1 1x"}""")]
    [InlineData("a += 1\na += 2", """{"a":[1,2]}""")]
    [InlineData("a += ${b}, b = 5", """{"a":[5],"b":5}""")]
    [InlineData("a = [1]\na += ${a}", """{"a":[1,[1]]}""")]
    [InlineData("a = ${b}\na += 3\nb = [1, 2]", """{"a":[1,2,3],"b":[1,2]}""")]
    [InlineData("o.a = [1], o.a += { x = 2 }", """{"o":{"a":[1,{"x":2}]}}""")]
    [InlineData("a = ${b} { y = ${a.x} }, b { x = 1 }", """{"a":{"x":1,"y":1},"b":{"x":1}}""")]
    [InlineData("a = { x = 1 }\na = ${a} { y = ${a.x} }", """{"a":{"x":1,"y":1}}""")]
    [InlineData("b { x = [1], z = 0 }\na = ${b}\na { x = ${a.x} [2] }", """{"b":{"x":[1],"z":0},"a":{"x":[1,2],"z":0}}""")]
    [InlineData("a = { x = ${b.y}, y = ${b.z}, z = 1 }\nb = ${a}", """{"a":{"x":1,"y":1,"z":1},"b":{"x":1,"y":1,"z":1}}""")]
    [InlineData("a = { x = 1, y = ${b.x} }\nb = ${a}", """{"a":{"x":1,"y":1},"b":{"x":1,"y":1}}""")]
    [InlineData("a = { x = 1 }\na = ${five}\nfive = 5\nb = ${?a.x}", """{"a":5,"five":5}""")]
    public void A_field_that_names_itself_looks_back(string text, string json) => Assert.Equal(json, Read.Json(text));

    [Theory]
    [InlineData("foo : ${foo}")]
    [InlineData("foo : ${foo}\nfoo : { a : 1 }")]
    [InlineData("a : ${a}bc")]
    [InlineData("path : ${path} [ /usr/bin ]")]
    [InlineData("bar : ${foo}\nfoo : ${bar}")]
    [InlineData("a : ${b}\nb : ${c}\nc : ${a}")]
    [InlineData("a : { b : ${a} }")]
    [InlineData("a : [${a}]")]
    [InlineData("a : { x : 1 }, a : { b : { c : ${a} } }")]
    [InlineData("a : { b : [${c}] }, c : ${a}")]
    public void A_circle_is_refused(string text) => Assert.Equal([ProblemCodes.Cycle], Read.Codes(text));

    [Fact]
    public void A_circle_is_told_as_a_chain()
    {
        Problem problem = Assert.Single(Read.Problems("x : ${a}\na : ${b}\nb : ${c}\nc : ${a}"));

        Assert.Contains("${a} at test.conf:1:5 -> ${b} at test.conf:2:5 -> ${c} at test.conf:3:5 -> ${a} at test.conf:4:5", problem.Text, StringComparison.Ordinal);
        Assert.Equal("c : ${a}", problem.SourceLine);
    }

    [Fact]
    public void Fields_that_name_each_other_over_earlier_values_get_the_same()
    {
        string json = Read.Json("a : 1\nb : 2\na : ${b}\nb : ${a}");

        Assert.Contains(json, new[] { """{"a":1,"b":1}""", """{"a":2,"b":2}""" });
    }

    [Fact]
    public void Every_undefined_substitution_is_told_with_the_name_that_was_perhaps_meant()
    {
        IReadOnlyList<Problem> problems = Read.Problems("storage.directory = x\na = ${storage.directori}\nb = [${nowhere.at.all}]\nc = x ${GONE} y");

        Assert.Equal([2, 3, 4], problems.Select(problem => problem.Place.Line));
        Assert.All(problems, problem => Assert.Equal(ProblemCodes.Undefined, problem.Code));
        Assert.Contains("did you mean ${storage.directory}?", problems[0].Text, StringComparison.Ordinal);
        Assert.Contains("${?GONE}", problems[2].Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = ${b", ProblemCodes.BadSubstitution)]
    [InlineData("a = ${}", ProblemCodes.BadSubstitution)]
    [InlineData("a = ${", ProblemCodes.BadSubstitution)]
    [InlineData("a = ${b//c}", ProblemCodes.BadSubstitution)]
    [InlineData("a = ${b#c}", ProblemCodes.BadSubstitution)]
    [InlineData("a = ${ ?b}", ProblemCodes.BadPath)]
    [InlineData("a = ${b\n}\n", ProblemCodes.BadSubstitution, ProblemCodes.Stray)]
    public void A_substitution_that_is_none_is_refused(string text, params string[] codes) => Assert.Equal(codes, Read.Codes(text));

    [Fact]
    public void The_environment_is_asked_last_and_only_for_what_no_setting_names()
    {
        (string, string)[] environment = [("HOME", "/data/me"), ("EMPTY", ""), ("SET", "outside"), ("PORT", "80"), ("a.b", "never")];

        Assert.Equal("""{"x":"/data/me/bin"}""", Read.Json("x = ${HOME}/bin", environment));
        Assert.Equal("""{"x":""}""", Read.Json("x = ${EMPTY}", environment));
        Assert.Equal("""{"SET":"inside","x":"inside"}""", Read.Json("SET = inside, x = ${SET}", environment));
        Assert.Equal("""{"HOME":null,"x":null}""", Read.Json("HOME = null, x = ${HOME}", environment));
        Assert.Equal("""{"x":"80"}""", Read.Json("x = ${PORT}", environment));
        Assert.Equal("{}", Read.Json("x = ${?NONE}", environment));
        Assert.Equal("{}", Read.Json("x = ${?a.b}", environment));
        Assert.Equal([ProblemCodes.Undefined], Read.Codes("x = ${NONE}", environment));
    }

    [Fact]
    public void Numbered_variables_are_a_list()
    {
        (string, string)[] environment = [("HOSTS_0", "a"), ("HOSTS_1", "b"), ("HOSTS_3", "never"), ("HOSTS", "one")];

        Assert.Equal("""{"x":["a","b"]}""", Read.Json("x = ${HOSTS[]}", environment));
        Assert.Equal("""{"x":["z","a","b"]}""", Read.Json("x = [z] ${?HOSTS[]}", environment));
        Assert.Equal("""{"x":["z"]}""", Read.Json("x = [z]\nx = ${?NONE[]}", environment));
        Assert.Equal("""{"x":"one"}""", Read.Json("x = ${HOSTS}", environment));
        Assert.Equal([ProblemCodes.Undefined], Read.Codes("x = ${NONE[]}", environment));
    }

    [Theory]
    [InlineData("a = [x] ${o}, o { \"1\" = c, \"0\" = b, z = q }", """["x","b","c"]""")]
    [InlineData("a = ${o} [x], o { \"7\" = c, \"2\" = b }", """["b","c","x"]""")]
    [InlineData("a = [x] { \"0\" = y }", """["x","y"]""")]
    public void An_object_with_numbers_for_names_joins_a_list(string text, string json) =>
        Assert.Equal(json, StreamEngine.Settings.Hocon.HoconWriter.ToJson(Read.Resolved(text).Find("a")!.Value));

    [Fact]
    public void Ten_thousand_assignments_of_one_field_need_no_stack_and_little_time()
    {
        string appended = string.Concat(Enumerable.Range(0, 10_000).Select(n => $"a += {n}\n"));
        string extended = "b = 0\n" + string.Concat(Enumerable.Range(0, 10_000).Select(_ => "b = ${b}1\n"));

        Assert.Equal(10_000, ((StreamEngine.Settings.Hocon.HoconArray)Read.Resolved(appended).Find("a")!.Value).Items.Count);
        Assert.Equal(10_001, Read.Resolved(extended).Find("b")!.Value.ToString()!.Length);
    }
}
