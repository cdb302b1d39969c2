using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.TestKit;
using StreamEngine.Transforms;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>Keys, what is kept for each, and routes.</summary>
public sealed class TransformTests_Keys
{
    private static readonly SourceLabel Label = new("topic", "orders.conf", 20);

    [Theory]
    [InlineData("""{"fields":["c"]}""", """{"c":"anna"}""", "anna")]
    [InlineData("""{"fields":["c.id"]}""", """{"c":{"id":5}}""", "5")]
    [InlineData("""{"fields":["a","b.c"]}""", """{"b":{"c":1.50},"a":"x"}""", """{"a":"x","c":1.50}""")]
    [InlineData("""{"fields":["a"],"format":"json"}""", """{"a":"x"}""", "\"x\"")]
    [InlineData("""{"fields":["a"],"format":"int32"}""", """{"a":66}""", "\0\0\0B")]
    [InlineData("""{"expression":"lower(a) + '/' + key()"}""", """{"a":"X"}""", "x/k0")]
    [InlineData("""{"template":"{from}-{to[0]}"}""", """{"from":"VIE","to":["TXL",1]}""", "VIE-TXL")]
    [InlineData("""{"template":"{{{a}}}{b}!"}""", """{"a":1,"b":true}""", "{1}true!")]
    public async Task Makes_a_key(string options, string input, string expected)
    {
        (string? key, string value, _) = Assert.Single(await TransformRun.Records([("key", options, null)], input));
        Assert.Equal((expected, input), (key, value));
    }

    [Theory]
    [InlineData("""{"fields":["a"]}""", """{"b":1}""", "a is null or missing, and no key")]
    [InlineData("""{"fields":["a","b"]}""", """{"b":1}""", "a is null or missing, and part of the key")]
    [InlineData("""{"template":"{a}"}""", "{}", "a is null or missing, and part of the key")]
    [InlineData("""{"fields":["a"],"format":"int32"}""", """{"a":"x"}""", "a can't be the key: the text 'x' is no number")]
    [InlineData("""{"fields":["a"]}""", """{"a":[1]}""", "a can't be the key: the list [1] is no text")]
    [InlineData("""{"fields":["a"]}""", "", "the record is a tombstone, and has no fields to make a key of")]
    public async Task Says_why_a_record_has_no_key(string options, string input, string message) =>
        Assert.Contains(message, await TransformRun.Error("key", options, input), StringComparison.Ordinal);

    [Fact]
    public async Task Keeps_what_its_functions_say_for_each_key()
    {
        (string? Key, string Value, DateTimeOffset Time)[] records = await TransformRun.Records(
            [
                ("key", """{"fields":["customer"]}""", null),
                ("aggregate", """{"fields":{"orders":"count()","paid":"count(amount)","large":"count_if(amount > 10)","total":"sum(amount)","mean":"avg(amount)","least":"min(amount)","most":"max(amount)","begin":"first(day)","end":"last(day)"}}""", "revenue"),
            ],
            """{"customer":"a","amount":10.50,"day":"mo"}""",
            """{"customer":"b","amount":1,"day":"mo"}""",
            """{"customer":"a","amount":4.5,"day":"tu"}""",
            """{"customer":"a","amount":null,"day":null}""");

        Assert.Equal(
            [
                ("a", """{"customer":"a","orders":3,"paid":2,"large":1,"total":15.00,"mean":7.50,"least":4.5,"most":10.50,"begin":"mo","end":"tu"}"""),
                ("b", """{"customer":"b","orders":1,"paid":1,"large":0,"total":1,"mean":1,"least":1,"most":1,"begin":"mo","end":"mo"}"""),
            ],
            records.Select(record => (record.Key!, record.Value)).Order());
    }

    [Fact]
    public async Task What_is_kept_goes_on_after_a_restart_kind_for_kind()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => TransformRun.Apply(
            DataStream.Of(p.From(TransformRun.Input)),
            ("cast", """{"fields":{"day":"date","amount":"double"}}""", null),
            ("key", """{"fields":["a","b"]}""", null),
            ("aggregate", """{"fields":{"n":"count()","total":"sum(amount)","first":"min(day)","mean":"avg(amount)"}}""", "kept")).To(new OutputTopic("output"), null, Label));

        Send("""{"a":1,"b":"x","day":"2024-05-02","amount":0.1}""");
        await kit.RunToEnd();
        Send("""{"a":1,"b":"x","day":"2024-05-01","amount":0.2}""");
        await kit.RunToEnd();

        Assert.Equal(
            [
                ("""{"a":1,"b":"x"}""", """{"a":1,"b":"x","n":1,"total":0.1,"first":"2024-05-02","mean":0.1}"""),
                ("""{"a":1,"b":"x"}""", """{"a":1,"b":"x","n":2,"total":0.30000000000000004,"first":"2024-05-01","mean":0.15000000000000002}"""),
            ],
            TransformRun.Output(kit, "output").Select(record => (record.Key!, record.Value)));

        void Send(string json) => kit.Send(TransformRun.Input, TransformRun.Scalar("k"), TransformRun.Parse(json)!);
    }

    [Fact]
    public async Task Keeps_values_for_the_keys_of_a_topic_and_calls_them_as_it_is_told()
    {
        (string? Key, string Value, DateTimeOffset Time)[] records = await TransformRun.Records(
            [("aggregate", """{"fields":{"n":"count()"},"key-as":"id"}""", "kept")], """{"a":1}""", "");
        Assert.Equal([("k0", """{"id":"k0","n":1}""")], records.Select(record => (record.Key!, record.Value)));
    }

    [Fact]
    public void What_is_kept_is_told_apart_by_fields_functions_and_keys()
    {
        string one = ShapeOf("""{"fields":{"n":"count()","t":"sum( amount )"}}""", """{"fields":["c"]}""");
        Assert.Equal("string key(c) -> n = count(), t = sum( amount )", one);
        Assert.NotEqual(one, ShapeOf("""{"fields":{"n":"count()","t":"sum( amount )"}}""", """{"fields":["k"]}"""));
        Assert.NotEqual(one, ShapeOf("""{"fields":{"n":"count()","t":"max(amount)"}}""", """{"fields":["c"]}"""));
        Assert.NotEqual(one, ShapeOf("""{"fields":{"n":"count()","t":"sum( amount )"}}""", """{"fields":["c"],"format":"json"}"""));

        static string ShapeOf(string aggregate, string key)
        {
            var builder = new PipelineBuilder("test");
            TransformRun.Apply(DataStream.Of(builder.From(TransformRun.Input)), ("key", key, null), ("aggregate", aggregate, "kept")).To(new OutputTopic("output"), null, Label);
            return builder.Build(".").Stages.OfType<IStatefulNode>().Single().State.Shape;
        }
    }

    [Theory]
    [InlineData("""{"fields":{"t":"sum(a)"}}""", """{"k":1,"a":"x"}""", "sum(a): a is the text 'x', and no number")]
    [InlineData("""{"fields":{"t":"sum(a)","n":"count()"}}""", """{"k":1,"a":9223372036854775807}|{"k":1,"a":1}""", "sum(a): the result is too large (9223372036854775807 + 1)")]
    [InlineData("""{"fields":{"t":"max(a)"}}""", """{"k":1,"a":1}|{"k":1,"a":"x"}""", "max(a): a is the text 'x', which can't be compared with the integer 1, the max so far")]
    public async Task Says_why_a_record_can_not_be_taken_in(string options, string input, string message) => Assert.Contains(
        message,
        (await Assert.ThrowsAnyAsync<Exception>(() => TransformRun.Records([("key", """{"fields":["k"]}""", null), ("aggregate", options, "kept")], input.Split('|')))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("-0.0|0.1|0.2", "0.3")]
    [InlineData("0.1|-0.0|0.2", "0.3")]
    public async Task An_exact_sum_stays_exact_whatever_zeros_there_are(string input, string total) => Assert.EndsWith(
        $"\"t\":{total}}}",
        (await TransformRun.Records(
            [("key", """{"fields":["k"]}""", null), ("aggregate", """{"fields":{"t":"sum(a)"}}""", "kept")],
            [.. input.Split('|').Select(number => $$"""{"k":1,"a":{{number}}}""")]))[^1].Value,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_sum_that_would_lose_digits_is_an_error_of_its_record() => Assert.Contains(
        "the result has more digits than a decimal holds",
        (await Assert.ThrowsAnyAsync<Exception>(() => TransformRun.Records(
            [("key", """{"fields":["k"]}""", null), ("aggregate", """{"fields":{"t":"sum(a)"}}""", "kept")],
            """{"k":1,"a":1000000000000.01}""", """{"k":1,"a":0.00000000000000004}"""))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Routes_each_record_to_one_sink()
    {
        const string Options = """{"field":"type","values":{"a":"first","b":"second"},"patterns":{"second":"^x"},"when":{"large":"amount > 10"},"otherwise":"rest"}""";
        (RouteTransform route, PipelineTestKit kit) = Routed(Options);
        await using PipelineTestKit owned = kit;
        Assert.Equal(["first", "second", "large", "rest"], route.Targets);
        string[] input = ["""{"type":"a","amount":99}""", """{"type":"b"}""", """{"type":"xy"}""", """{"type":"c","amount":11}""", """{"amount":12}""", """{"type":"c"}""", ""];
        foreach (string json in input) kit.Send(TransformRun.Input, TransformRun.Scalar("k"), TransformRun.Parse(json)!);
        await kit.RunToEnd();

        Assert.Equal([input[0]], ValuesOf(kit, "first"));
        Assert.Equal([input[1], input[2]], ValuesOf(kit, "second"));
        Assert.Equal([input[3], input[4]], ValuesOf(kit, "large"));
        Assert.Equal([input[5], ""], ValuesOf(kit, "rest"));
    }

    [Theory]
    [InlineData("""{"when":{"a":"offset() % 2 = 0","b":"true"}}""", 5, 5)]
    [InlineData("""{"when":{"a":"n < 3","b":"n >= 7"},"otherwise":"drop"}""", 3, 3)]
    public async Task Routes_by_conditions(string options, int a, int b)
    {
        (_, PipelineTestKit kit) = Routed(options);
        await using PipelineTestKit owned = kit;
        for (int n = 0; n < 10; n++) kit.Send(TransformRun.Input, TransformRun.Scalar("k"), TransformRun.Parse($$"""{"n":{{n}}}""")!);
        await kit.RunToEnd();
        Assert.Equal((a, b), (ValuesOf(kit, "a").Length, ValuesOf(kit, "b").Length));
    }

    [Fact]
    public async Task A_record_that_fits_no_route_fails_once_and_becomes_a_dead_letter_where_that_is_tolerated()
    {
        (_, PipelineTestKit kit) = Routed("""{"field":"type","values":{"a":"first","b":"second"}}""", "stream-engine.pipelines.test.errors.tolerance = all");
        await using PipelineTestKit owned = kit;
        kit.Send(TransformRun.Input, TransformRun.Scalar("k"), TransformRun.Parse("""{"type":"z"}""")!);
        kit.Send(TransformRun.Input, TransformRun.Scalar("k"), TransformRun.Parse("""{"type":"b"}""")!);
        await kit.RunToEnd();

        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Contains("the record fits no route", letter.Message, StringComparison.Ordinal);
        Assert.Single(ValuesOf(kit, "second"));
        Assert.Empty(ValuesOf(kit, "first"));
    }

    [Fact]
    public async Task Sources_of_different_formats_flow_together()
    {
        Topic<DataObject, DataObject> texts = Topic.Of("texts", DataSerdes.String, DataSerdes.String);
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
            DataStream.Of(p.From(TransformRun.Input)).Merge([DataStream.Of(p.From(texts))], null, Label).To(new OutputTopic("output"), null, Label));
        kit.Send(TransformRun.Input, TransformRun.Scalar("k"), TransformRun.Parse("""{"a":1}""")!);
        kit.Send(texts, TransformRun.Scalar("k"), TransformRun.Scalar("plain"));
        await kit.RunToEnd();
        Assert.Equal(["\"plain\"", """{"a":1}"""], ValuesOf(kit, "output").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Streams_with_and_without_keys_do_not_flow_together()
    {
        var builder = new PipelineBuilder("test");
        DataStream keyed = DataStream.Of(builder.From(TransformRun.Input)), keyless = DataStream.Of(builder.From(Topic.Of<NoKey, DataObject>("other")));
        Assert.Contains("those of other have none", Assert.Throws<EngineException>(() => keyed.Merge([keyless], null, Label)).Message, StringComparison.Ordinal);
        DataStream second = DataStream.Of(builder.From(TransformRun.Input, name: "again"));
        Assert.True(keyed.Merge([second], null, Label).IsKeyed);
    }

    [Fact]
    public async Task Reads_sources_with_and_without_keys()
    {
        Topic<NoKey, DataObject> plain = Topic.Of("plain", Serdes.NoKey, DataSerdes.Json);
        var place = new SourceLabel("topic orders", "orders.conf", 3);
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            DataStream keyed = DataStream.From(p, TransformRun.Input.AsSource(), "orders", place), keyless = DataStream.From(p, plain.AsSource(), null, place);
            Assert.Equal((true, true, false, false), (keyed.HasKeys, keyed.IsKeyed, keyless.HasKeys, keyless.IsKeyed));
            Assert.Equal("orders: From(topic orders) (orders.conf:3)", keyed.Node.ToString());
            TransformRun.Apply(keyless, ("filter", """{"where":"value != 2"}""", null)).To(new OutputTopic("output"), null, Label);
            keyed.To(new OutputTopic("copied"), null, Label);
            Assert.Throws<ArgumentException>(() => DataStream.From(p, Topic.Of<string, int>("typed").AsSource(), null, place));
        });
        for (int n = 1; n < 4; n++) kit.Send(plain, DataObject.Scalar(DataValue.Of((long)n)));
        kit.Send(TransformRun.Input, TransformRun.Scalar("k"), TransformRun.Parse("[1]")!);
        await kit.RunToEnd();
        Assert.Equal([(null, "1"), (null, "3")], TransformRun.Output(kit, "output").Select(record => (record.Key, record.Value)));
        Assert.Equal([("k", "[1]")], TransformRun.Output(kit, "copied").Select(record => (record.Key!, record.Value)));
    }

    [Fact]
    public void Aggregate_without_a_key_is_refused_with_the_remedy()
    {
        var builder = new PipelineBuilder("test");
        DataStream keyless = DataStream.Of(builder.From(Topic.Of<NoKey, DataObject>("other")));
        OptionException error = Assert.Throws<OptionException>(() => TransformRun.Make("aggregate", """{"fields":{"n":"count()"}}""").Apply(keyless));
        Assert.Equal("Put a transform key before it.", error.Remedy);
    }

    private static string[] ValuesOf(PipelineTestKit kit, string topic) => [.. TransformRun.Output(kit, topic).Select(record => record.Value)];

    private static (RouteTransform Route, PipelineTestKit Kit) Routed(string options, string settings = "")
    {
        var route = (RouteTransform)TransformRun.Make("route", options);
        PipelineTestKit kit = PipelineTestKit.For(
            new PipelineTestOptions { Settings = settings },
            ("test", p =>
            {
                DataStream routed = route.Apply(DataStream.Of(p.From(TransformRun.Input)));
                foreach (string sink in route.Targets) route.Branch(routed, sink).To(new OutputTopic(sink), null, Label);
            }));
        return (route, kit);
    }
}
