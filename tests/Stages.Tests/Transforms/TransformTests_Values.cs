using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.TestKit;
using StreamEngine.Transforms;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>Transforms that change the value of each record.</summary>
public sealed class TransformTests_Values
{
    [Theory]
    [InlineData("filter", """{"where":"a > 1"}""", """{"a":2,"b":{"c":1}}""", """{"a":2,"b":{"c":1}}""")]
    [InlineData("filter", """{"where":"value like 'x%'"}""", "\"xy\"", "\"xy\"")]
    [InlineData("select", """{"fields":["c","a","b.d","l[1]","none"]}""", """{"a":1,"b":{"d":2},"c":3,"l":[4,5],"e":6}""", """{"c":3,"a":1,"d":2,"l":5,"none":null}""")]
    [InlineData("select", """{"fields":["a","b.a"],"as":{"b.a":"other"}}""", """{"a":1,"b":{"a":2}}""", """{"a":1,"other":2}""")]
    [InlineData("drop", """{"fields":["a","b.c","l[0]","none.x"]}""", """{"a":1,"b":{"c":2,"d":3},"l":[4,5]}""", """{"b":{"d":3},"l":[5]}""")]
    [InlineData("rename", """{"fields":{"a":"x","b.c":"b.y","none":"z"}}""", """{"a":1,"b":{"c":2,"d":3}}""", """{"x":1,"b":{"y":2,"d":3}}""")]
    [InlineData("rename", """{"fields":{"a":"b","b":"a"}}""", """{"a":1,"b":2}""", """{"b":1,"a":2}""")]
    [InlineData("rename", """{"fields":{"b.c":"c","a":"b.a"}}""", """{"a":1,"b":{"c":2}}""", """{"b":{"a":1},"c":2}""")]
    [InlineData("rename", """{"fields":{"value":"amount"}}""", "5", """{"amount":5}""")]
    [InlineData("cast", """{"fields":{"a":"integer","b.c":"decimal","d":"text","e":"boolean","none":"text","n":"text"}}""", """{"a":"12","b":{"c":"1.50"},"d":1.0,"e":"true","n":null}""", """{"a":12,"b":{"c":1.50},"d":"1.0","e":true,"n":null}""")]
    [InlineData("cast", """{"fields":{"a":"double","b":"number","c":"text"}}""", """{"a":"1.5","b":"7","c":[1]}""", """{"a":1.5,"b":7,"c":"[1]"}""")]
    [InlineData("cast", """{"fields":{"a":"date"},"format":"dd.MM.yyyy"}""", """{"a":"01.05.2024"}""", """{"a":"2024-05-01"}""")]
    [InlineData("cast", """{"fields":{"a":"timestamp"},"format":"dd.MM.yyyy HH:mm","zone":"Europe/Berlin"}""", """{"a":"01.05.2024 10:00"}""", """{"a":"2024-05-01T08:00:00+00:00"}""")]
    [InlineData("cast", """{"fields":{"a":"timestamp"},"format":"s"}""", """{"a":1714557600}""", """{"a":"2024-05-01T10:00:00+00:00"}""")]
    [InlineData("cast", """{"fields":{"a":"timestamp"},"format":"s"}""", """{"a":1714557600.5}""", """{"a":"2024-05-01T10:00:00.5+00:00"}""")]
    [InlineData("cast", """{"fields":{"a":"local-time"},"zone":"America/New_York"}""", """{"a":"2024-05-01T10:00:00Z"}""", """{"a":"2024-05-01T06:00:00"}""")]
    [InlineData("set", """{"fields":{"total":"p * q","to.city":"upper(to.city)","state":"'new'","q":"p"}}""", """{"p":2,"q":3,"to":{"city":"Wien"}}""", """{"p":2,"q":2,"to":{"city":"WIEN"},"total":6,"state":"new"}""")]
    [InlineData("set", """{"fields":{"a":"round(a, 2)"}}""", """{"a":1.500}""", """{"a":1.50}""")]
    [InlineData("set", """{"fields":{"k":"key()","p":"partition()","o":"offset()"}}""", "{}", """{"k":"k0","p":0,"o":0}""")]
    [InlineData("mask", """{"fields":["a","b.c","none","n"]}""", """{"a":"abc","b":{"c":12.5},"n":null}""", """{"a":"***","b":{"c":"****"},"n":null}""")]
    [InlineData("mask", """{"fields":["a"],"method":"text","text":"-"}""", """{"a":[1]}""", """{"a":"-"}""")]
    [InlineData("mask", """{"fields":["a","b"],"method":"keep-last","keep":2}""", """{"a":"12345","b":"12"}""", """{"a":"***45","b":"**"}""")]
    [InlineData("insert-metadata", """{"fields":{"m.k":"key","m.t":"timestamp","m.s":"source","h":"header:x"}}""", "{}", """{"m":{"k":"k0","t":"1970-01-01T00:00:00+00:00","s":"input"},"h":null}""")]
    [InlineData("flatten", "{}", """{"a":{"b":1,"c":{"d":2}},"e":[{"f":1}],"g":{}}""", """{"a.b":1,"a.c.d":2,"e":[{"f":1}],"g":{}}""")]
    [InlineData("flatten", """{"delimiter":"_","depth":1}""", """{"a":{"b":1,"c":{"d":2}}}""", """{"a_b":1,"a_c":{"d":2}}""")]
    public async Task Makes_of_a_record_what_its_options_say(string transform, string options, string input, string expected) =>
        Assert.Equal([expected], await TransformRun.Values(transform, options, input));

    [Fact]
    public async Task A_hash_is_the_same_for_one_value_and_salt() => Assert.Equal(
        [$$"""{"a":"{{Hash("s", "x")}}","b":"{{Hash("s", "5")}}"}"""],
        await TransformRun.Values("mask", """{"fields":["a","b"],"method":"hash","salt":"s"}""", """{"a":"x","b":5}"""));

    [Theory]
    [InlineData("explode", """{"field":"l"}""", """{"a":1,"l":[2,3]}""", """{"a":1,"l":2}|{"a":1,"l":3}""")]
    [InlineData("explode", """{"field":"l","as":"item","index":"n"}""", """{"a":1,"l":[{"x":2},{"x":3}]}""", """{"a":1,"item":{"x":2},"n":0}|{"a":1,"item":{"x":3},"n":1}""")]
    [InlineData("explode", """{"field":"b.l"}""", """{"b":{"l":[]}}""", "")]
    [InlineData("explode", """{"field":"l"}""", """{"a":1}""", "")]
    [InlineData("explode", """{"field":"l","outer":"true"}""", """{"a":1,"l":[]}""", """{"a":1,"l":null}""")]
    public async Task Makes_a_record_of_each_item(string transform, string options, string input, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), await TransformRun.Values(transform, options, input));

    [Fact]
    public async Task A_filter_leaves_out_what_its_condition_is_false_or_null_for() =>
        Assert.Equal(["""{"a":5}"""], await TransformRun.Values("filter", """{"where":"a > 1"}""", """{"a":1}""", """{"a":5}""", """{"b":5}""", """{"a":null}"""));

    [Theory]
    [InlineData("filter", """{"where":"a > 1"}""")]
    [InlineData("filter", """{"where":"a is null","tombstones":"test"}""")]
    [InlineData("select", """{"fields":["a"]}""")]
    [InlineData("drop", """{"fields":["a"]}""")]
    [InlineData("rename", """{"fields":{"a":"b"}}""")]
    [InlineData("cast", """{"fields":{"a":"text"}}""")]
    [InlineData("set", """{"fields":{"a":"1"}}""")]
    [InlineData("mask", """{"fields":["a"]}""")]
    [InlineData("insert-metadata", """{"fields":{"a":"offset"}}""")]
    [InlineData("flatten", "{}")]
    [InlineData("explode", """{"field":"a"}""")]
    [InlineData("timestamp", """{"field":"a"}""")]
    public async Task Tombstones_go_on_as_they_are(string transform, string options)
    {
        (string? Key, string Value, DateTimeOffset Time) record = Assert.Single(await TransformRun.Records([(transform, options, null)], ""));
        Assert.Equal(("k0", "", DateTimeOffset.UnixEpoch), record);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("test")]
    public async Task A_filter_leaves_tombstones_out_when_it_is_told_to(string tombstones) =>
        Assert.Empty(await TransformRun.Values("filter", $$"""{"where":"a > 1","tombstones":"{{tombstones}}"}""", ""));

    [Theory]
    [InlineData("filter", """{"where":"a > 1"}""", """{"a":"x"}""", "stage filter, filter(a > 1) (orders.conf:12): input, 0, 0: a > 1: a is the text 'x', which can't be compared with the integer 1")]
    [InlineData("cast", """{"fields":{"b.c":"integer"}}""", """{"b":{"c":1.5}}""", "b.c: the decimal 1.5 is no whole number of 64 bits")]
    [InlineData("cast", """{"fields":{"a":"boolean"}}""", """{"a":"yes"}""", "a: the text 'yes' can't be made a boolean")]
    [InlineData("cast", """{"fields":{"a":"date"},"format":"dd.MM.yyyy"}""", """{"a":"2024-05-01"}""", "a: the text '2024-05-01' can't be made a date: it isn't in the format dd.MM.yyyy")]
    [InlineData("cast", """{"fields":{"a":"timestamp"},"zone":"Europe/Berlin"}""", """{"a":"2024-03-31T02:30"}""", "a: 2024-03-31 02:30:00 doesn't exist in Europe/Berlin: the clocks were put forward then")]
    [InlineData("rename", """{"fields":{"a":"b"}}""", """{"a":1,"b":2}""", "a can't be called b: there is such a field already")]
    [InlineData("rename", """{"fields":{"a.b":"c"}}""", """{"a":{"b":1},"c":2}""", "a.b can't be called c: there is such a field already")]
    [InlineData("set", """{"fields":{"a.b":"1"}}""", """{"a":5}""", "a.b can't be set: a is the integer 5, no object")]
    [InlineData("flatten", "{}", """{"a.b":1,"a":{"b":2}}""", "two fields would be called a.b")]
    [InlineData("explode", """{"field":"a"}""", """{"a":5}""", "a is the integer 5, and no list")]
    [InlineData("timestamp", """{"field":"a"}""", """{"b":5}""", "a is null or missing, and no event time")]
    [InlineData("timestamp", """{"field":"a"}""", """{"a":"soon"}""", "a: the text 'soon' can't be made a timestamp: it isn't in ISO 8601")]
    public async Task Says_where_and_why_a_record_makes_no_sense(string transform, string options, string input, string message) =>
        Assert.Contains(message, await TransformRun.Error(transform, options, input), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"field":"t"}""", """{"t":"2024-05-01T10:00:00Z"}""", "2024-05-01T10:00:00Z")]
    [InlineData("""{"field":"t"}""", """{"t":1714557600000}""", "2024-05-01T10:00:00Z")]
    [InlineData("""{"field":"t.u","format":"s"}""", """{"t":{"u":1714557600}}""", "2024-05-01T10:00:00Z")]
    [InlineData("""{"field":"t","format":"dd.MM.yyyy","zone":"Europe/Berlin"}""", """{"t":"01.05.2024"}""", "2024-04-30T22:00:00Z")]
    [InlineData("""{"expression":"concat(d, 'T', h, 'Z')"}""", """{"d":"2024-05-01","h":"10:00"}""", "2024-05-01T10:00:00Z")]
    public async Task Takes_the_event_time_and_leaves_the_value(string options, string input, string expected)
    {
        (_, string value, DateTimeOffset time) = Assert.Single(await TransformRun.Records([("timestamp", options, null)], input));
        Assert.Equal((input, DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture)), (value, time));
    }

    [Theory]
    [InlineData("filter", """{"where":"a > 0"}""")]
    [InlineData("drop", """{"fields":["none"]}""")]
    [InlineData("rename", """{"fields":{"none":"x","no.ne":"y"}}""")]
    [InlineData("cast", """{"fields":{"a":"number","none":"text"}}""")]
    [InlineData("set", """{"fields":{"a":"a"}}""")]
    [InlineData("mask", """{"fields":["none","n"]}""")]
    [InlineData("flatten", "{}")]
    [InlineData("timestamp", """{"expression":"0"}""")]
    [InlineData("key", """{"fields":["a"]}""")]
    public async Task A_record_that_comes_out_as_it_was_is_written_from_its_bytes(string transform, string options)
    {
        // Bytes that the engine itself would write otherwise: spaces, an escape, an exponent.
        const string Input = """{ "a": 1e2, "b": "\u0041", "n": null }""";
        Assert.Equal([Input], await Raw(transform, options, Input));
    }

    private static async Task<string[]> Raw(string transform, string options, string json)
    {
        Topic<string, string> raw = Topic.Of("input", Serdes.String, Serdes.String);
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
            TransformRun.Apply(DataStream.Of(p.From(TransformRun.Input)), (transform, options, null)).To(new OutputTopic("output"), null, new SourceLabel("topic(output)", "orders.conf", 20)));
        kit.Send(raw, "k", json);
        await kit.RunToEnd();
        return [.. TransformRun.Output(kit, "output").Select(record => record.Value)];
    }

    private static string Hash(string salt, string text) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(salt), Encoding.UTF8.GetBytes(text)));
}
