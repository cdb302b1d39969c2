using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Tests.Records.Data;

/// <summary>JSON without types: numbers keep their digits, texts their characters, and the bytes are those of System.Text.Json.</summary>
public sealed class DataJsonTests
{
    private static readonly DateTimeOffset Noon = new(2024, 5, 1, 12, 0, 0, 250, TimeSpan.Zero);

    [Theory]
    [InlineData("1", DataKind.Integer)]
    [InlineData("-9223372036854775808", DataKind.Integer)]
    [InlineData("9223372036854775807", DataKind.Integer)]
    [InlineData("9223372036854775808", DataKind.Decimal)]
    [InlineData("1.50", DataKind.Decimal)]
    [InlineData("-0.000", DataKind.Double)]
    [InlineData("0.0000000000000000000000000001", DataKind.Decimal)]
    [InlineData("1234567890123456789012345678", DataKind.Decimal)]
    [InlineData("12345678901234567890123456789", DataKind.Decimal)]
    [InlineData("92345678901234567890123456789", DataKind.Double)]
    [InlineData("123456789012345678901234567890", DataKind.Double)]
    [InlineData("1E+16", DataKind.Double)]
    [InlineData("-0", DataKind.Double)]
    [InlineData("\"1\"", DataKind.Text)]
    [InlineData("true", DataKind.Boolean)]
    [InlineData("null", DataKind.Null)]
    [InlineData("[]", DataKind.List)]
    [InlineData("{}", DataKind.Object)]
    public void Tells_the_kind_of_a_value(string json, DataKind kind) => Assert.Equal(kind, DataJson.Read(json).Kind);

    [Theory]
    [InlineData("0")]
    [InlineData("1.50")]
    [InlineData("0.10")]
    [InlineData("100.000")]
    [InlineData("-12.3400")]
    [InlineData("79228162514264337593543950.335")]
    [InlineData("1E-05")]
    [InlineData("1.7976931348623157E+308")]
    [InlineData("-0")]
    [InlineData("{\"a\":1.0,\"b\":[true,null,{\"c\":\"\\u00E4\"}],\"d\":{}}")]
    public void Writes_what_it_read(string json) => Assert.Equal(json, DataJson.ToText(DataJson.Read(json)));

    [Fact]
    public void Reads_back_whatever_it_writes() => DataGenerators.Json.Sample(
        value => Assert.Equal(value, DataJson.Read(DataJson.ToText(value))), iter: PropertyRuns.Of(2000));

    [Fact]
    public void Reads_and_writes_what_the_library_does() => DataGenerators.Json.Sample(
        value =>
        {
            string theirs = JsonSerializer.Serialize(ToNode(value));
            Assert.Equal(theirs, DataJson.ToText(value));
            Assert.Equal(value, DataJson.Read(theirs));
        },
        iter: PropertyRuns.Of(2000));

    [Fact]
    public void Writes_days_times_and_bytes_as_the_library_writes_them()
    {
        Same(DataValue.Of(new DateOnly(2024, 5, 1)), new DateOnly(2024, 5, 1));
        Same(DataValue.Of(new DateTime(2024, 5, 1, 10, 30, 0)), new DateTime(2024, 5, 1, 10, 30, 0));
        Same(DataValue.Of(new DateTime(638_000_000_000_000_001)), new DateTime(638_000_000_000_000_001));
        Same(DataValue.Of(Noon), Noon);
        Same(DataValue.Of([1, 2, 255]), new byte[] { 1, 2, 255 });
        Same(DataValue.Of(0.1), 0.1);
        Same(DataValue.Of(3.0), 3.0);
        Same(DataValue.Of(1e16), 1e16);
        Same(DataValue.Of(1e300), 1e300);

        static void Same<T>(DataValue value, T theirs) => Assert.Equal(JsonSerializer.Serialize(theirs), DataJson.ToText(value));
    }

    [Theory]
    [InlineData("", "0 bytes are not JSON")]
    [InlineData("{", "1 bytes are not JSON")]
    [InlineData("{\"a\":1,}", "8 bytes are not JSON")]
    [InlineData("1 2", "3 bytes are not JSON")]
    [InlineData("NaN", "3 bytes are not JSON")]
    [InlineData("1e999", "the number 1e999 is out of range")]
    [InlineData("\"\\ud800\"", "8 bytes are not JSON")]
    public void Refuses_what_is_no_json(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<DataException>(() => DataJson.Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_bytes_that_are_no_utf8()
    {
        Assert.Throws<DataException>(() => DataJson.Read([(byte)'"', 0xff, (byte)'"']));
        Assert.Throws<DataException>(() => DataJson.Read([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}']));
    }

    [Fact]
    public void Refuses_what_is_nested_deeper_than_64_levels_both_ways()
    {
        string deep = new string('[', 64) + new string(']', 64);
        Assert.Equal(deep, DataJson.ToText(DataJson.Read(deep)));
        Assert.Throws<DataException>(() => DataJson.Read($"[{deep}]"));
        Assert.Throws<DataException>(() => DataJson.ToText(DataValue.Of([DataJson.Read(deep)])));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Refuses_to_write_numbers_that_json_lacks(double number) => Assert.Throws<DataException>(() => DataJson.ToText(DataValue.Of(number)));

    [Fact]
    public void Takes_the_last_of_two_values_of_one_name_in_the_place_of_the_first()
    {
        for (int again = 0; again < 2; again++) Assert.Equal("{\"a\":[3],\"b\":2}", DataJson.ToText(DataJson.Read("{\"a\":{\"x\":1},\"b\":2,\"a\":[3]}")));
    }

    [Fact]
    public void Finds_a_name_however_it_is_escaped() => Assert.Equal(DataValue.Of(1), DataJson.Read("{\"\\u0061b\":1}").AsObject()["ab"]);

    [Fact]
    public void Objects_of_one_topic_share_their_shapes()
    {
        ISerde<DataObject> serde = DataSerdes.For("json");
        DataObject first = Deserialize(serde, "{\"a\":1,\"b\":{\"c\":2}}"), second = Deserialize(serde, "{ \"a\":3, \"b\":{\"c\":4} }");
        Assert.Same(first.Shape, second.Shape);
        Assert.Same(first["b"].AsObject().Shape, second["b"].AsObject().Shape);
        Assert.NotSame(first.Shape, Deserialize(serde, "{\"b\":1,\"a\":2}").Shape);
    }

    [Fact]
    public void Objects_that_are_rather_maps_are_read_beyond_what_is_remembered()
    {
        ISerde<DataObject> serde = DataSerdes.For("json");
        for (int n = 0; n < 40_000; n += 100)
        {
            string json = "{" + string.Join(',', Enumerable.Range(n, 300).Select(name => $"\"k{name}\":{name}")) + $",\"k{n}\":-1}}";
            DataObject read = Deserialize(serde, json);
            Assert.Equal(300, read.Shape.Count);
            Assert.Equal(DataValue.Of(-1), read[$"k{n}"]);
            Assert.Equal(DataValue.Of(n + 299), read[$"k{n + 299}"]);
        }
    }

    [Fact]
    public void Reads_from_several_threads_at_once()
    {
        ISerde<DataObject> serde = DataSerdes.For("json");
        Parallel.For(0, 4000, n =>
        {
            DataObject read = Deserialize(serde, $"{{\"a{n % 97}\":{n},\"b{n % 7}\":{{\"c\":{n}}}}}");
            Assert.Equal(DataValue.Of(n), read[$"a{n % 97}"]);
            Assert.Equal(DataValue.Of(n), read[$"b{n % 7}"].AsObject()["c"]);
        });
    }

    private static DataObject Deserialize(ISerde<DataObject> serde, string json) => serde.Deserialize(Encoding.UTF8.GetBytes(json));

    private static JsonNode? ToNode(DataValue value) => value.Kind switch
    {
        DataKind.Null => null,
        DataKind.Boolean => value.AsBoolean(),
        DataKind.Integer => value.AsInteger(),
        DataKind.Decimal => value.AsDecimal(),
        DataKind.Text => value.AsText(),
        DataKind.List => new JsonArray([.. value.AsList().ToArray().Select(ToNode)]),
        _ => ToNode(value.AsObject()),
    };

    private static JsonObject ToNode(DataObject value)
    {
        var node = new JsonObject();
        for (int n = 0; n < value.Shape.Count; n++) node.Add(value.Shape.Names[n], ToNode(value.Values[n]));
        return node;
    }
}
