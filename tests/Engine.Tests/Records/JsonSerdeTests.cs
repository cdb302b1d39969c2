using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class JsonSerdeTests
{
    private readonly SerdeRegistry registry = new();

    [Fact]
    public void When_an_object_is_written_then_its_properties_are_in_camel_case()
    {
        var order = new Order("a-1", 2.50m, [new Line("tea", 3)], null);

        Assert.Equal("""{"id":"a-1","total":2.50,"lines":[{"article":"tea","count":3}],"customer":null}""", Json(order));
        Assert.Equal(Json(order), Json(registry.For<Order>().Deserialize(Encoding.UTF8.GetBytes(Json(order)))));
    }

    [Fact]
    public void When_a_converter_writes_json_of_its_own_then_both_come_out_whole()
    {
        var registryOfOuter = new SerdeRegistry();
        ISerde<Outer> serde = registryOfOuter.For<Outer>();
        var writer = new ByteWriter();

        serde.Serialize(new Outer(new Inner(1)), writer);
        serde.Serialize(new Outer(new Inner(2)), writer);

        Assert.Equal("""{"inner":"{\u0022n\u0022:1}"}{"inner":"{\u0022n\u0022:2}"}""", Encoding.UTF8.GetString(writer.Written));
    }

    [Fact]
    public void When_writing_fails_then_the_next_value_is_written_as_if_nothing_had_been()
    {
        ISerde<Failing> serde = registry.For<Failing>();
        var writer = new ByteWriter();

        Assert.Throws<InvalidOperationException>(() => serde.Serialize(new Failing(true), writer));
        writer.Clear();
        serde.Serialize(new Failing(false), writer);

        Assert.Equal("""{"fails":false,"value":1}""", Encoding.UTF8.GetString(writer.Written));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"total\":\"much\"}")]
    [InlineData("{}{}")]
    public void When_bytes_are_not_the_json_of_the_type_then_the_error_says_what_is_wrong(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        var field = new Field<Order>(bytes, 0, bytes.Length, registry.For<Order>());

        var error = Assert.Throws<SerdeException>(() => field.Get());

        Assert.StartsWith($"{bytes.Length} bytes are not json: ", error.Message, StringComparison.Ordinal);
        Assert.IsType<JsonException>(error.InnerException);
    }

    [Fact]
    public void When_a_shape_is_described_then_it_has_the_properties_and_their_types()
    {
        Assert.Equal("json:{article:String count:Int32 }", registry.For<Line>().Shape);
        Assert.Equal("json:{customer:{name:String } id:String lines:[{article:String count:Int32 }] total:Decimal }", registry.For<Order>().Shape);
        Assert.Equal("json:Decimal", registry.For<decimal>().Shape);
        Assert.Equal("json:Int32", registry.For<int?>().Shape);
        Assert.Equal("json:{amount:Decimal }", registry.For<Money?>().Shape);
    }

    [Fact]
    public void When_something_inside_a_collection_changes_then_the_shape_does()
    {
        Assert.Equal("json:[{article:String count:Int32 }]", registry.For<List<Line>>().Shape);
        Assert.Equal("json:[{article:String count:Int32 }]", registry.For<Line[]>().Shape);
        Assert.Equal("json:[String=[{article:String count:Int32 }]]", registry.For<Dictionary<string, Line[]>>().Shape);
        Assert.NotEqual(registry.For<List<Line>>().Shape, registry.For<List<OtherLine>>().Shape);
    }

    [Fact]
    public void When_a_type_contains_itself_then_its_shape_has_an_end()
    {
        Assert.Equal("json:{left:Tree other:[Tree] right:Tree }", registry.For<Tree>().Shape);
    }

    [Fact]
    public void When_a_shape_is_long_then_it_is_told_apart_by_its_hash()
    {
        string shape = registry.For<Wide<Wide<Wide<Wide<int>>>>>().Shape, other = registry.For<Wide<Wide<Wide<Wide<long>>>>>().Shape;

        Assert.StartsWith("json:hash:", shape, StringComparison.Ordinal);
        Assert.NotEqual(shape, other);
    }

    [Fact]
    public void When_a_context_is_registered_then_its_metadata_is_used()
    {
        var made = new SerdeRegistry().Use(LineContext.Default);

        Assert.Equal("""{"article":"tea","count":3}""", Json(new Line("tea", 3), made));
        Assert.Equal("""{"id":"x","total":0,"lines":[],"customer":null}""", Json(new Order("x", 0, [], null), made));
        Assert.Throws<InvalidOperationException>(() => made.Use(LineContext.Default));
    }

    [Fact]
    public void When_a_serde_is_registered_then_it_is_used_for_its_type()
    {
        SerdeRegistry made = new SerdeRegistry().Use(Serdes.Int32.As<int, Line>(line => line.Count, count => new Line("tea", count)));

        Assert.Equal("int32", made.For<Line>().Format);
        Assert.Equal("pair(string,int32)", made.For<(string, Line)>().Format);
        Assert.Same(made.For<(string, Line)>(), made.For<(string, Line)>());
    }

    [Fact]
    public void When_a_built_in_type_is_asked_for_then_its_own_serde_is_there()
    {
        Assert.Same(Serdes.String, registry.For<string>());
        Assert.Same(Serdes.Int64, registry.For<long>());
        Assert.Same(Serdes.Bytes, registry.For<ReadOnlyMemory<byte>>());
        Assert.Equal("pair(string,pair(int32,json))", registry.For<(string, (int, Line))>().Format);
        Assert.Equal("pair(string,pair(int32,json:{article:String count:Int32 }))", registry.For<(string, (int, Line))>().Shape);
    }

    private string Json<T>(T value, SerdeRegistry? from = null)
    {
        var writer = new ByteWriter();
        (from ?? registry).For<T>().Serialize(value, writer);
        return Encoding.UTF8.GetString(writer.Written);
    }

    internal sealed record Customer(string Name);

    internal sealed record Line(string Article, int Count);

    internal sealed record OtherLine(string Article, int Count, bool Gift);

    internal sealed record Order(string Id, decimal Total, IReadOnlyList<Line> Lines, Customer? Customer);

    internal sealed record Tree(Tree? Left, Tree? Right, Tree[] Other);

    internal readonly record struct Money(decimal Amount);

    internal sealed record Wide<T>(T First, T Second, T Third, T Fourth);

    internal sealed record Failing(bool Fails)
    {
        public int Value => Fails ? throw new InvalidOperationException("it fails") : 1;
    }

    internal sealed record Inner(int N);

    internal sealed record Outer([property: JsonConverter(typeof(NestedConverter))] Inner Inner);

    private sealed class NestedConverter : JsonConverter<Inner>
    {
        private static readonly ISerde<Inner> Serde = new SerdeRegistry().For<Inner>();

        public override Inner Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Serde.Deserialize(Encoding.UTF8.GetBytes(reader.GetString()!));

        public override void Write(Utf8JsonWriter writer, Inner value, JsonSerializerOptions options)
        {
            var bytes = new ByteWriter();
            Serde.Serialize(value, bytes);
            writer.WriteStringValue(bytes.Written);
        }
    }
}

[JsonSerializable(typeof(JsonSerdeTests.Line))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class LineContext : JsonSerializerContext;
