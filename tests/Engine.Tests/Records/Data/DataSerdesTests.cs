using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Tests.Records.Data;

/// <summary>The serdes of records without types: the bytes are those of the typed ones.</summary>
public sealed class DataSerdesTests
{
    [Fact]
    public void Scalars_have_the_bytes_of_the_typed_serdes()
    {
        Same(Serdes.String, "grün", "string", DataValue.Of("grün"));
        Same(Serdes.Int16, (short)-2, "int16", DataValue.Of(-2));
        Same(Serdes.Int32, 70_000, "int32", DataValue.Of(70_000));
        Same(Serdes.Int64, long.MinValue, "int64", DataValue.Of(long.MinValue));
        Same(Serdes.Single, 0.5f, "float", DataValue.Of(0.5));
        Same(Serdes.Double, Math.PI, "double", DataValue.Of(Math.PI));
        Same(Serdes.ByteArray, [1, 2], "bytes", DataValue.Of([1, 2]));

        static void Same<T>(ISerde<T> typed, T value, string format, DataValue data)
        {
            ISerde<DataObject> serde = DataSerdes.For(format);
            byte[] bytes = Bytes(typed, value);
            Assert.Equal(typed.Format, serde.Format);
            Assert.Equal(bytes, Bytes(serde, DataObject.Scalar(data)));
            Assert.Equal(DataObject.Scalar(data), serde.Deserialize(bytes));
        }
    }

    [Fact]
    public void Every_format_can_be_asked_for() => Assert.All(DataSerdes.Formats, format => Assert.Equal(format, DataSerdes.For(format).Format));

    [Fact]
    public void An_unknown_format_is_refused_with_those_there_are() =>
        Assert.Contains("json, string, int16", Assert.Throws<ArgumentException>(() => DataSerdes.For("avro")).Message, StringComparison.Ordinal);

    [Fact]
    public void Json_tells_an_object_from_a_scalar_that_looks_like_one()
    {
        DataObject scalar = DataObject.Scalar(DataValue.Of(1)), real = new(new DataShape("value"), [DataValue.Of(1)]);
        Assert.Equal("1"u8.ToArray(), Bytes(DataSerdes.Json, scalar));
        Assert.Equal("{\"value\":1}"u8.ToArray(), Bytes(DataSerdes.Json, real));
        Assert.Equal(scalar, DataSerdes.Json.Deserialize("1"u8.ToArray()));
        Assert.Equal(real, DataSerdes.Json.Deserialize("{\"value\":1}"u8.ToArray()));
        Assert.NotEqual(scalar, real);
    }

    [Theory]
    [InlineData("int32", "\"x\"", "the text 'x' can't be written as int32: the text 'x' is no number")]
    [InlineData("int32", "2147483648", "the integer 2147483648 can't be written as int32: 2147483648 is out of the range from -2147483648 to 2147483647")]
    [InlineData("int64", "1.5", "the decimal 1.5 can't be written as int64: the decimal 1.5 is no whole number of 64 bits")]
    [InlineData("string", "[1]", "the list [1] can't be written as string: the list [1] is no text")]
    [InlineData("string", "{\"a\":1}", "an object can't be written as string: the object {a: 1}")]
    [InlineData("string", "null", "null can't be written as string: null is no text")]
    [InlineData("bytes", "true", "the boolean true can't be written as bytes: the boolean true is not bytes")]
    public void What_a_format_can_not_hold_is_refused(string format, string json, string message)
    {
        DataObject value = DataSerdes.Json.Deserialize(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(message, Assert.Throws<DataException>(() => Bytes(DataSerdes.For(format), value)).Message);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.50", "1.50")]
    [InlineData("true", "true")]
    public void Numbers_and_flags_are_written_as_texts_of_themselves(string json, string text) => Assert.Equal(
        System.Text.Encoding.UTF8.GetBytes(text), Bytes(DataSerdes.String, DataSerdes.Json.Deserialize(System.Text.Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void The_engines_own_bytes_keep_the_kind_of_every_value() => Gen.Select(DataGenerators.All, Gen.Bool).Sample(
        (value, scalar) =>
        {
            DataObject whole = scalar || value.Kind != DataKind.Object ? DataObject.Scalar(value) : value.AsObject();
            DataObject read = DataSerdes.Exact.Deserialize(Bytes(DataSerdes.Exact, whole));
            Assert.Equal(whole, read);
            Assert.Equal(whole.GetHashCode(), read.GetHashCode());
            Assert.Equal(whole.ToString(), read.ToString());
        },
        iter: PropertyRuns.Of(2000));

    [Fact]
    public void Damaged_bytes_of_its_own_are_refused_and_never_anything_else() => Gen.Select(DataGenerators.All, Gen.Int, Gen.Byte).Sample(
        (value, at, other) =>
        {
            byte[] bytes = Bytes(DataSerdes.Exact, DataObject.Scalar(value));
            Assert.IsType<DataException>(Record.Exception(() => DataSerdes.Exact.Deserialize(bytes.AsMemory(0, bytes.Length - 1))));
            bytes[(uint)at % bytes.Length] = other;
            if (Record.Exception(() => DataSerdes.Exact.Deserialize(bytes)) is { } error) Assert.IsType<DataException>(error);
        },
        iter: PropertyRuns.Of(2000));

    [Fact]
    public void A_text_with_half_a_character_is_refused_rather_than_replaced() => Assert.Equal(
        "a text has half a character, which can't be written as UTF-8",
        Assert.Throws<DataException>(() => Bytes(DataSerdes.Exact, DataObject.Scalar(DataValue.Of("\ud83d")))).Message);

    [Fact]
    public void The_engines_own_bytes_are_frozen()
    {
        var value = new DataObject(new DataShape("a", "b"), [DataValue.Of(1), DataValue.Of([DataValue.Of("x"), DataValue.Of(1.5m), DataValue.Of(new DateOnly(2024, 5, 1))])]);
        Assert.Equal("01000B02016102010000000000000001620A03050178040F00000000000000000000000000010007BE460B0000000000", Convert.ToHexString(Bytes(DataSerdes.Exact, value)));
    }

    private static byte[] Bytes<T>(ISerde<T> serde, T value)
    {
        var writer = new ByteWriter();
        serde.Serialize(value, writer);
        return writer.Written.ToArray();
    }
}
