using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>How types become bytes in topics and in state.</summary>
public sealed class OperatorTests_Serdes
{
    [Fact]
    public async Task Every_built_in_type_passes_through_a_pipeline_as_it_is()
    {
        await CheckThrough("text with ü and \u0000", "");
        await CheckThrough(new byte[] { 0, 1, 255 }, []);
        await CheckThrough(new ReadOnlyMemory<byte>([1, 2]), ReadOnlyMemory<byte>.Empty);
        await CheckThrough(short.MinValue, short.MaxValue);
        await CheckThrough(int.MinValue, -1);
        await CheckThrough(long.MinValue, long.MaxValue);
        await CheckThrough(float.NegativeInfinity, float.Epsilon);
        await CheckThrough(double.NaN, Math.PI);
        await CheckThrough(("a", 1L), ("", -1L));
        await CheckThrough((("x", 1), "y"), (("", 0), ""));
        await CheckThrough(new Order("NL", 12.50m, [1, 2]), new Order("", 0, []));
        await CheckThrough(1.0000m, decimal.MaxValue);
        await CheckThrough(Guid.Empty, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        await CheckThrough(true, false);
    }

    [Fact]
    public async Task A_source_generated_context_writes_as_it_says_and_is_read_back()
    {
        Topic<string, Order> orders = Topic.Of<string, Order>("orders");
        Topic<string, string> raw = Topic.Of<string, string>("orders");
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            p.Serdes.Use(OrderJson.Default);
            p.From(Topic.Of<string, int>("totals")).Select(total => new Order("NL", total, [])).To(orders);
        });
        kit.Send(Topic.Of<string, int>("totals"), "a", 7);
        await kit.RunToEnd();
        Assert.Equal("""{"country":"NL","total":7,"lines":[]}""", Assert.Single(kit.Output(raw)).Value);
        Assert.Equal(7, Assert.Single(kit.Output(orders)).Value!.Total);
    }

    [Fact]
    public async Task A_serde_of_the_topic_wins_over_that_of_the_pipeline()
    {
        Topic<string, string> upper = Topic.Of("upper", Serdes.String, new UpperSerde());
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Topic.Of<string, string>("input")).To(upper));
        kit.Send(Topic.Of<string, string>("input"), "a", "text");
        await kit.RunToEnd();
        Assert.Equal("TEXT", Assert.Single(kit.Output(Topic.Of<string, string>("upper"))).Value);
    }

    [Fact]
    public async Task Bytes_that_are_no_value_of_the_type_are_an_error_of_the_record_at_the_stage_that_asks()
    {
        Topic<string, string> raw = Topic.Of<string, string>("orders");
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Topic.Of<string, Order>("orders")).Select(order => order.Total).To(Topic.Of<string, decimal>("totals")),
            new PipelineTestOptions { Settings = "stream-engine.pipeline.errors.tolerance = all" });
        foreach (string value in (string[])["""{"country":"NL","total":1,"lines":[]}""", "{", """{"country":"NL","total":"much"}""", "{}"]) kit.Send(raw, "a", value);

        await kit.RunToEnd();

        Assert.Equal([1m, 0m], kit.Output(Topic.Of<string, decimal>("totals")).Select(record => record.Value));
        Assert.Equal([1L, 2L], kit.DeadLetters().Select(letter => letter.Offset));
        Assert.All(kit.DeadLetters(), letter => Assert.Contains("bytes are not json", letter.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_that_nobody_looks_into_is_copied_even_if_it_is_no_value_of_its_type()
    {
        Topic<string, string> raw = Topic.Of<string, string>("orders");
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Topic.Of<string, Order>("orders")).To(Topic.Of<string, Order>("copy")));
        kit.Send(raw, "a", "no json");
        await kit.RunToEnd();
        Assert.Equal("no json", Assert.Single(kit.Output(Topic.Of<string, string>("copy"))).Value);
    }

    [Fact]
    public async Task A_changed_JSON_type_of_a_stream_reads_what_there_is_and_of_a_state_is_refused()
    {
        Topic<string, int> input = Topic.Of<string, int>("input");
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(input).Aggregate(new TotalBefore(0), (t, v) => new TotalBefore(t.Sum + v), name: "total").To(Topic.Of<string, TotalBefore>("totals")));
        kit.Send(input, "a", 1);
        await kit.RunToEnd();
        Assert.Equal(new TotalAfter(1, 0), Assert.Single(kit.Output(Topic.Of<string, TotalAfter>("totals"))).Value);

        await kit.Restart(define: p => p.From(input).Aggregate(new TotalAfter(0, 0), (t, v) => new TotalAfter(t.Sum + v, t.Count + 1), name: "total").To(Topic.Of<string, TotalAfter>("totals")));
        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);
        Assert.Contains("keyed state total has another shape", error.Message, StringComparison.Ordinal);
        Assert.Contains("sum:", error.Message, StringComparison.Ordinal);
        Assert.Contains("count:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_cannot_be_written_is_an_error_of_its_record()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Topic.Of<string, int>("input")).Select(v => v == 2 ? "\ud800" : "fine").To(Topic.Of<string, string>("output")),
            new PipelineTestOptions { Settings = "stream-engine.pipeline.errors.tolerance = all" });
        for (int n = 1; n < 4; n++) kit.Send(Topic.Of<string, int>("input"), "a", n);
        await kit.RunToEnd();
        Assert.Equal(["fine", "fine"], kit.Output(Topic.Of<string, string>("output")).Select(record => record.Value));
        Assert.Equal(("to-output", 1L), (Assert.Single(kit.DeadLetters()).Stage, kit.DeadLetters()[0].Offset));
    }

    [Fact]
    public async Task Streams_of_one_type_flow_together_whatever_formats_their_topics_have()
    {
        Topic<string, int> numbers = Topic.Of("numbers", Serdes.String, Serdes.Int32), texts = Topic.Of("texts", Serdes.String, new DigitsSerde());
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            KeyedStream<string, int> merged = p.From(numbers).Merge(p.From(texts));
            merged.Where(v => v > 0).To(Topic.Of<string, int>("behind-an-operator"));
            merged.To(Topic.Of("at-once", Serdes.String, new DigitsSerde()));
        });
        kit.Send(numbers, "k", 7);
        kit.Send(texts, "k", 1234);
        await kit.RunToEnd();
        Assert.Equal([7, 1234], kit.Output(Topic.Of<string, int>("behind-an-operator")).Select(record => record.Value).Order());
        Assert.Equal([7, 1234], kit.Output(Topic.Of("at-once", Serdes.String, new DigitsSerde())).Select(record => record.Value).Order());
    }

    /// <summary>As key and value, copied and changed, through a topic and through state.</summary>
    private static async Task CheckThrough<T>(params T[] values)
    {
        Topic<T, T> input = Topic.Of<T, T>("input");
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            KeyedStream<T, T> stream = p.From(input);
            stream.To(Topic.Of<T, T>("copied"));
            stream.Select(v => v).KeyBy(v => v).To(Topic.Of<T, T>("made"));
            stream.Reduce((_, v) => v, name: "last").To(Topic.Of<T, T>("kept"));
        });
        foreach (T value in values) kit.Send(input, value, value);
        await kit.RunToEnd();
        string expected = JsonSerializer.Serialize(values.Select(Show).Order(StringComparer.Ordinal));
        foreach (string topic in (string[])["copied", "made", "kept"])
        {
            IReadOnlyList<OutputRecord<T, T>> output = kit.Output(Topic.Of<T, T>(topic));
            Assert.Equal(expected, JsonSerializer.Serialize(output.Select(record => Show(record.Value!)).Order(StringComparer.Ordinal)));
            Assert.Equal(expected, JsonSerializer.Serialize(output.Select(record => Show(record.Key!)).Order(StringComparer.Ordinal)));
        }
    }

    private static string Show<T>(T value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        ReadOnlyMemory<byte> memory => Convert.ToHexString(memory.Span),
        Order order => JsonSerializer.Serialize(order),
        _ => value!.ToString()!,
    };

    private sealed class UpperSerde : ISerde<string>
    {
        public string Format => "upper";

        public void Serialize(string value, System.Buffers.IBufferWriter<byte> writer) => Serdes.String.Serialize(value.ToUpperInvariant(), writer);

        public string Deserialize(ReadOnlyMemory<byte> bytes) => Serdes.String.Deserialize(bytes);
    }

    private sealed class DigitsSerde : ISerde<int>
    {
        public string Format => "digits";

        public void Serialize(int value, System.Buffers.IBufferWriter<byte> writer) => Serdes.String.Serialize(value.ToString(CultureInfo.InvariantCulture), writer);

        public int Deserialize(ReadOnlyMemory<byte> bytes) => int.Parse(Serdes.String.Deserialize(bytes), CultureInfo.InvariantCulture);
    }

    private sealed record TotalBefore(int Sum);

    private sealed record TotalAfter(int Sum, int Count);
}

/// <summary>An order, as a user would have one.</summary>
public sealed record Order(string Country, decimal Total, int[] Lines);

/// <summary>Its metadata, generated when it is compiled.</summary>
[JsonSerializable(typeof(Order))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class OrderJson : JsonSerializerContext;
