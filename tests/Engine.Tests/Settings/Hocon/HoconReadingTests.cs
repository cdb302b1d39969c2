using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings.Hocon;

/// <summary>The conversions of the specification, and those that it forbids.</summary>
public sealed class HoconReadingTests
{
    [Theory]
    [InlineData("5", 5)]
    [InlineData("\"5\"", 5)]
    [InlineData("-5", -5)]
    [InlineData("5.0", 5)]
    [InlineData("1e3", 1000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Numbers_and_texts_that_are_whole_numbers_are_integers(string value, long number)
    {
        Assert.True(HoconReading.TryInteger(Value(value), out long read));
        Assert.Equal(number, read);
    }

    [Theory]
    [InlineData("5.5")]
    [InlineData("9223372036854775808")]
    [InlineData("1e30")]
    [InlineData("05")]
    [InlineData("0x5")]
    [InlineData("\"\"")]
    [InlineData("five")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[5]")]
    [InlineData("{ a = 5 }")]
    public void Nothing_else_is_an_integer(string value) => Assert.False(HoconReading.TryInteger(Value(value), out _));

    [Theory]
    [InlineData("5.5", true)]
    [InlineData("\"1e-3\"", true)]
    [InlineData("\" 5 \"", true)]
    [InlineData("1e400", false)]
    [InlineData("NaN", false)]
    [InlineData("Infinity", false)]
    [InlineData(".5", false)]
    [InlineData("null", false)]
    public void Numbers_are_those_of_JSON(string value, bool isNumber) => Assert.Equal(isNumber, HoconReading.TryNumber(Value(value), out _));

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("on", true)]
    [InlineData("\"true\"", true)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    [InlineData("\"off\"", false)]
    public void Six_words_are_flags(string value, bool flag)
    {
        Assert.True(HoconReading.TryFlag(Value(value), out bool read));
        Assert.Equal(flag, read);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("True")]
    [InlineData("y")]
    [InlineData("null")]
    [InlineData("[true]")]
    public void Nothing_else_is_a_flag(string value) => Assert.False(HoconReading.TryFlag(Value(value), out _));

    [Theory]
    [InlineData("1e5", "1e5")]
    [InlineData("true", "true")]
    [InlineData("\"x\"", "x")]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("{}", null)]
    public void Texts_are_what_is_written(string value, string? text)
    {
        Assert.Equal(text is not null, HoconReading.TryText(Value(value), out string? read));
        Assert.Equal(text, read);
    }

    [Theory]
    [InlineData("[a, b]", "a b")]
    [InlineData("{ \"0\" : a, \"1\" : b }", "a b")]
    [InlineData("{ \"2\" : b, \"0\" : a, x : c, \"-1\" : d }", "a b")]
    [InlineData("{ 10 : c, 9 : b, 1 : a }", "a b c")]
    [InlineData("[]", "")]
    [InlineData("{}", null)]
    [InlineData("{ x : a }", null)]
    [InlineData("a", null)]
    [InlineData("null", null)]
    public void Objects_with_numbers_for_names_are_lists(string value, string? joined)
    {
        Assert.Equal(joined is not null, HoconReading.TryList(Value(value), out IReadOnlyList<HoconValue>? items));
        if (joined is not null) Assert.Equal(joined, string.Join(' ', items!));
    }

    private static HoconValue Value(string text) => Read.Resolved($"a = {text}").Find("a")!.Value;
}
