using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class SerdesTests
{
    [Fact]
    public void When_values_are_written_then_they_are_read_as_they_were()
    {
        RoundTrip(Serdes.String, Gen.String);
        RoundTrip(Serdes.Int16, Gen.Short);
        RoundTrip(Serdes.Int32, Gen.Int);
        RoundTrip(Serdes.Int64, Gen.Long);
        RoundTrip(Serdes.Single, Gen.Float);
        RoundTrip(Serdes.Double, Gen.Double);
        RoundTrip(Serdes.ByteArray, Gen.Byte.Array);
        RoundTrip(Serdes.Bytes.As(bytes => (ReadOnlyMemory<byte>)bytes, memory => memory.ToArray()), Gen.Byte.Array);
        RoundTrip(Serdes.NoKey, Gen.Const(default(NoKey)));
    }

    [Fact]
    public void When_pairs_are_written_then_they_are_read_as_they_were()
    {
        RoundTrip(Serdes.Pair(Serdes.String, Serdes.Int64), Gen.Select(Gen.String, Gen.Long));
        RoundTrip(Serdes.Pair(Serdes.Int32, Serdes.String), Gen.Select(Gen.Int, Gen.String));
        RoundTrip(
            Serdes.Pair(Serdes.Pair(Serdes.String, Serdes.String), Serdes.Pair(Serdes.String, Serdes.Int16)),
            Gen.Select(Gen.Select(Gen.String, Gen.String), Gen.Select(Gen.String, Gen.Short)));
        RoundTrip(Serdes.Pair(Serdes.String, Serdes.String), Gen.Select(Gen.Int[0, 20_000].Select(n => new string('x', n)), Gen.String));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("größe", "6772C3B6C39F65")]
    [InlineData("💾", "F09F92BE")]
    public void When_text_is_written_then_it_is_utf8(string text, string hex) => Assert.Equal(hex, Hex(Serdes.String, text));

    [Fact]
    public void When_numbers_are_written_then_they_are_big_endian_as_kafka_has_them()
    {
        Assert.Equal("FFFE", Hex(Serdes.Int16, (short)-2));
        Assert.Equal("01020304", Hex(Serdes.Int32, 0x01020304));
        Assert.Equal("8000000000000000", Hex(Serdes.Int64, long.MinValue));
        Assert.Equal("3FC00000", Hex(Serdes.Single, 1.5f));
        Assert.Equal("C004000000000000", Hex(Serdes.Double, -2.5));
    }

    [Fact]
    public void When_a_pair_is_written_then_the_first_goes_before_the_second_with_its_length() =>
        Assert.Equal("03616263" + "00000007", Hex(Serdes.Pair(Serdes.String, Serdes.Int32), ("abc", 7)));

    [Theory]
    [InlineData("C3")]
    [InlineData("61FF62")]
    [InlineData("EDA080")]
    [InlineData("C080")]
    [InlineData("F4908080")]
    public void When_bytes_are_no_utf8_then_they_are_refused_and_not_replaced(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var field = new Field<string>(bytes, 0, bytes.Length, Serdes.String);

        var error = Assert.Throws<SerdeException>(() => field.Get());

        Assert.Contains("string", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_text_is_no_unicode_then_it_is_refused_and_not_replaced() => Assert.ThrowsAny<ArgumentException>(() => Hex(Serdes.String, "a\ud800b"));

    [Fact]
    public void When_a_number_has_another_length_then_the_error_names_format_and_length()
    {
        Assert.Equal("3 bytes are not int32, which has 4", Assert.Throws<SerdeException>(() => Serdes.Int32.Deserialize(new byte[3])).Message);
        Assert.Equal("9 bytes are not int64, which has 8", Assert.Throws<SerdeException>(() => Serdes.Int64.Deserialize(new byte[9])).Message);
        Assert.Throws<SerdeException>(() => Serdes.Int16.Deserialize(default));
        Assert.Throws<SerdeException>(() => Serdes.Single.Deserialize(new byte[8]));
        Assert.Throws<SerdeException>(() => Serdes.Double.Deserialize(new byte[4]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("05616263")]
    [InlineData("FFFFFFFF0F")]
    [InlineData("FFFFFFFFFFFFFF")]
    public void When_bytes_are_no_pair_then_they_are_refused(string hex)
    {
        ISerde<(string, string)> serde = Serdes.Pair(Serdes.String, Serdes.String);

        Assert.Throws<SerdeException>(() => serde.Deserialize(Convert.FromHexString(hex)));
    }

    [Fact]
    public void When_bytes_are_noise_then_a_pair_is_read_or_refused() => Gen.Byte.Array.Sample(
        bytes =>
        {
            try
            {
                Serdes.Pair(Serdes.Pair(Serdes.ByteArray, Serdes.Int16), Serdes.ByteArray).Deserialize(bytes);
            }
            catch (SerdeException)
            {
            }
        },
        iter: PropertyRuns.Of(2000));

    [Fact]
    public void When_a_value_views_the_record_s_memory_then_detaching_copies_it()
    {
        byte[] memory = [1, 2, 3];
        ReadOnlyMemory<byte> view = Serdes.Bytes.Deserialize(memory);
        ReadOnlyMemory<byte> kept = Serdes.Bytes.Detach(view);
        (ReadOnlyMemory<byte> First, string Second) pair = Serdes.Pair(Serdes.Bytes, Serdes.String).Detach((view, "x"));

        memory[0] = 9;

        Assert.Equal(9, view.Span[0]);
        Assert.Equal(1, kept.Span[0]);
        Assert.Equal(1, pair.First.Span[0]);
    }

    [Fact]
    public void When_formats_are_named_then_the_names_are_frozen()
    {
        // Topics and states keep these names; a serde that writes other bytes needs another name, and this list then one more line.
        string[] formats =
        [
            Serdes.String.Format, Serdes.Bytes.Format, Serdes.ByteArray.Format, Serdes.Int16.Format, Serdes.Int32.Format, Serdes.Int64.Format,
            Serdes.Single.Format, Serdes.Double.Format, Serdes.NoKey.Format, Serdes.Pair(Serdes.String, Serdes.Int64).Format,
            new SerdeRegistry().For<DateTime>().Format,
        ];

        Assert.Equal("string bytes bytes int16 int32 int64 float double none pair(string,int64) json", string.Join(' ', formats));
    }

    private static void RoundTrip<T>(ISerde<T> serde, Gen<T> values) => values.Sample(
        value =>
        {
            // Behind other bytes, as several values share a buffer.
            var writer = new ByteWriter(16);
            writer.Write("before"u8);
            serde.Serialize(value, writer);
            Assert.Equal(value, serde.Deserialize(writer.WrittenMemory[6..]));
        },
        iter: PropertyRuns.Of(300));

    private static string Hex<T>(ISerde<T> serde, T value)
    {
        var writer = new ByteWriter();
        serde.Serialize(value, writer);
        return Convert.ToHexString(writer.Written);
    }
}
