using StreamEngine.Contracts.Catalogue;
using StreamEngine.Operators;
using StreamEngine.Transforms;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>How transforms document themselves, and which options are refused before anything runs.</summary>
public sealed class TransformTests_Definition
{
    public static TheoryData<string> Names => [.. TransformCatalog.All.Select(definition => definition.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Documents_itself(string name)
    {
        TransformDefinition definition = TransformCatalog.Find(name)!;
        Assert.Equal("transform", definition.Kind);
        Assert.EndsWith(".", definition.Summary, StringComparison.Ordinal);
        Assert.NotEmpty(definition.Description);
        Assert.Contains($"transform = {name}", definition.Example, StringComparison.Ordinal);
        Assert.All(definition.Options, option =>
        {
            Assert.EndsWith(".", option.Meaning, StringComparison.Ordinal);
            Assert.Equal(option.Type is OptionType.List or OptionType.Map, option.Item is not null);
            if (option.Choices.Count > 0 && option.Default is { } value) Assert.Contains(value, option.Choices);
        });
    }

    [Theory]
    [InlineData("filter", """{"where":"amount >"}""", "where", "a value is expected, and the end is there (at character 9) in: amount >")]
    [InlineData("filter", """{"where":"length(name)"}""", "where", "'length(name)' is a number, and no condition")]
    [InlineData("select", """{"fields":[]}""", "fields", "fields names no field")]
    [InlineData("select", """{"fields":["a..b"]}""", "fields", "'a..b' is no path of a field: '.' at character 3 is no name of a field")]
    [InlineData("select", """{"fields":["a","a"]}""", "fields", "fields names a twice")]
    [InlineData("select", """{"fields":["a.x","b.x"]}""", "fields", "two of the fields would be called x")]
    [InlineData("select", """{"fields":["a"],"as":{"b":"c"}}""", "as", "as renames b, which fields doesn't have")]
    [InlineData("rename", """{"fields":{}}""", "fields", "fields names no field")]
    [InlineData("rename", """{"fields":{"a":"c","b":"c"}}""", "fields", "two fields would be called c")]
    [InlineData("cast", """{"fields":{"a":"integr"}}""", "fields", "there is no type integr")]
    [InlineData("cast", """{"fields":{"a":"date"},"zone":"Europe/Berlim"}""", "zone", "there is no time zone Europe/Berlim")]
    [InlineData("set", """{"fields":{"a":"lowr(b)"}}""", "fields", "there is no function lowr (at character 1) in: lowr(b)")]
    [InlineData("mask", """{"fields":["a"],"method":"hash"}""", "method", "a hash without a salt can be undone by trying values out")]
    [InlineData("insert-metadata", """{"fields":{"a":"ofset"}}""", "fields", "a record has no ofset")]
    [InlineData("timestamp", "{}", "", "a timestamp is made of a field or of an expression")]
    [InlineData("timestamp", """{"field":"a","expression":"b"}""", "", "a timestamp is made of a field or of an expression")]
    [InlineData("key", "{}", "", "a key is made of fields, of an expression or of a template")]
    [InlineData("key", """{"fields":["a","b"],"format":"string"}""", "format", "a key of several fields is an object, and can't be string")]
    [InlineData("key", """{"fields":["a.x","b.x"]}""", "fields", "two fields of the key would be called x")]
    [InlineData("key", """{"template":"{a"}""", "template", "the brace at character 1 of '{a' isn't closed")]
    [InlineData("key", """{"template":"a}"}""", "template", "the brace at character 2 of 'a}' was never opened")]
    [InlineData("key", """{"template":"a"}""", "template", "the template 'a' has no field in it")]
    [InlineData("aggregate", """{"fields":{}}""", "fields", "fields names nothing to keep")]
    [InlineData("aggregate", """{"fields":{"a":"summ(x)"}}""", "fields", "there is no aggregate summ")]
    [InlineData("aggregate", """{"fields":{"a":"sum(x) + 1"}}""", "fields", "'sum(x) + 1' is no aggregate")]
    [InlineData("aggregate", """{"fields":{"a":"sum()"}}""", "fields", "sum() is of nothing")]
    [InlineData("aggregate", """{"fields":{"a":"sum(lower(x))"}}""", "fields", "sum takes a number, and lower(x) is a text")]
    [InlineData("aggregate", """{"fields":{"a":"max(timestamp())"}}""", "fields", "max(timestamp()) looks at more than the value of a record")]
    [InlineData("route", "{}", "", "a route leads nowhere")]
    [InlineData("route", """{"values":{"a":"b"}}""", "field", "values and patterns are those of a field, and none is named")]
    [InlineData("route", """{"field":"a","patterns":{"b":"("}}""", "patterns", "'(' is no regular expression")]
    [InlineData("explode", """{"field":"[0]"}""", "field", "'[0]' is no path of a field")]
    public void Refuses_options_that_make_no_sense(string transform, string options, string option, string message)
    {
        OptionException error = Assert.Throws<OptionException>(() => TransformRun.Make(transform, options));
        Assert.Equal(option, error.Option);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void Says_what_was_meant()
    {
        Assert.Equal("Did you mean integer?", Assert.Throws<OptionException>(() => TransformRun.Make("cast", """{"fields":{"a":"integr"}}""")).Remedy);
        Assert.Equal("Did you mean sum?", Assert.Throws<OptionException>(() => TransformRun.Make("aggregate", """{"fields":{"a":"summ(x)"}}""")).Remedy);
        Assert.Equal("Did you mean offset?", Assert.Throws<OptionException>(() => TransformRun.Make("insert-metadata", """{"fields":{"a":"ofset"}}""")).Remedy);
    }

    [Fact]
    public void A_stage_is_called_and_labelled_as_it_is_written()
    {
        var builder = new PipelineBuilder("test");
        DataStream stream = DataStream.Of(builder.From(TransformRun.Input));
        TransformRun.Apply(stream, ("filter", """{"where":"amount > 10"}""", null), ("drop", """{"fields":["a","b"]}""", "without-secrets"));
        Assert.Equal(
            ["filter: filter(amount > 10) (orders.conf:12)", "without-secrets: drop(a, b) (orders.conf:12)"],
            builder.Build(".").Stages.Skip(1).Select(stage => stage.ToString()));
        Assert.Equal("stage", Assert.Throws<OptionException>(() => TransformRun.Make("drop", """{"fields":["a"]}""").Apply(stream, "filter")).Option);
    }
}
