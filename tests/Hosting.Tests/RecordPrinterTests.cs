using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Records;

namespace StreamEngine.Hosting.Tests;

public sealed class RecordPrinterTests
{
    [Theory]
    [InlineData("json", "{\"a\": [1, 2.50],\r\n \"b\": \"é\\n\"}", "{\"a\": [1, 2.50],   \"b\": \"é\\n\"}")]
    [InlineData("json", "no json\nat all", "\"no json\\nat all\"")]
    [InlineData("json", "", "\"\"")]
    [InlineData("string", "{\"a\":1}", "\"{\\\"a\\\":1}\"")]
    [InlineData("", "plain", "\"plain\"")]
    [InlineData("", "{\"a\": 1}", "{\"a\": 1}")]
    [InlineData("", "[1, 2", "\"[1, 2\"")]
    [InlineData("", "42", "\"42\"")]
    public void A_value_is_one_line_of_json(string format, string value, string expected) => Assert.Equal(expected, ValueOf(Print(format, Encoding.UTF8.GetBytes(value), json: true)));

    [Fact]
    public void Bytes_that_are_no_text_are_base64_also_within_what_looks_like_json()
    {
        Assert.Equal("\"/w==\"", ValueOf(Print("string", [0xff], json: true)));
        Assert.Equal("\"Iv8i\"", ValueOf(Print("json", [(byte)'"', 0xff, (byte)'"'], json: true)));
    }

    [Fact]
    public void Numbers_are_numbers_and_those_that_json_has_not_are_text()
    {
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, long.MinValue);
        Assert.Equal("-9223372036854775808", ValueOf(Print("int64", number, json: true)));
        BinaryPrimitives.WriteDoubleBigEndian(number, 0.1);
        Assert.Equal("0.1", ValueOf(Print("double", number, json: true)));
        BinaryPrimitives.WriteDoubleBigEndian(number, double.NaN);
        Assert.Equal("\"NaN\"", ValueOf(Print("double", number, json: true)));
        Assert.Equal("\"\\u0001\"", ValueOf(Print("int64", [1], json: true)));
    }

    [Fact]
    public void A_tombstone_is_null()
    {
        Assert.Equal("null", ValueOf(Print("json", null, json: true)));
        Assert.EndsWith("\tkey\t(deleted)\n", Print("json", null, json: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_stays_on_its_line_and_steers_no_terminal() =>
        Assert.Equal(@"0:0	1970-01-01T00:00:00.001Z	key	a\u000ab\u001b[31mc" + "\n", Print("string", "a\nb\u001b[31mc"u8, json: false));

    private static string ValueOf(string line)
    {
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        return JsonDocument.Parse(line).RootElement.GetProperty("value").GetRawText();
    }

    private static string Print(string format, ReadOnlySpan<byte> value, bool json) => Print(format, value.ToArray(), json);

    private static string Print(string format, byte[]? value, bool json)
    {
        var builder = new ChunkBuilder(new ChunkPool(), 0);
        builder.Append("key"u8, true, value, value is not null, 1, default);
        Chunk chunk = builder.Take()!;
        using var output = new MemoryStream();
        using (var printer = new RecordPrinter(output, new TopicSpec("test") { KeyFormat = "string", ValueFormat = format }, json)) Assert.Equal(0, printer.Print(chunk, 1));
        chunk.Release();
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
