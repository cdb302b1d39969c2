using CsvHelper;
using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Stages.Tests.Files;

public sealed record Everything(
    string Text, bool Flag, byte Small, short Short, int Int, long Long, uint Unsigned, float Single, double Double, decimal Decimal, DateTime Time, DateTimeOffset Moment,
    DateOnly Day, TimeOnly Hour, TimeSpan Span, Guid Id, Color Color, int? Maybe, Color? MaybeColor, DateTime? MaybeTime);

public sealed class Settable
{
    public required string Name { get; init; }

    public int Count { get; set; }

    public string? Note { get; set; } = "none";

    public string Derived => Name + Count;

    [CsvIgnore]
    public object? Elsewhere { get; set; }
}

public readonly record struct Point(int X, int Y = 7, Color Color = Color.Green);

internal sealed record Hidden(int A);

public sealed record Unreadable(int A, object B);

public sealed class CsvBindingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Reads_every_type_that_a_field_can_be()
    {
        Everything one = Assert.Single(Read<Everything>(
            "text,flag,small,short,int,long,unsigned,single,double,decimal,time,moment,day,hour,span,id,color,maybe,maybe_color,maybe_time\n" +
            "x,yes,255,-1,-2,-3,4,1.5,-2.5e10,3.25,2001-01-01T00:01,2001-01-01T00:01:02+02:00,2001-02-03,04:05,1.02:03:04,0f8fad5b-d9cb-469f-a165-70867728950e,green,,Red,2001-01-01\n").Values);
        Assert.Equal(
            new Everything(
                "x", true, 255, -1, -2, -3, 4, 1.5f, -2.5e10, 3.25m, new DateTime(2001, 1, 1, 0, 1, 0), new DateTimeOffset(2001, 1, 1, 0, 1, 2, TimeSpan.FromHours(2)),
                new DateOnly(2001, 2, 3), new TimeOnly(4, 5), new TimeSpan(1, 2, 3, 4), Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), Color.Green, null, Color.Red, new DateTime(2001, 1, 1)),
            one);
    }

    [Fact]
    public void Sets_properties_and_leaves_out_what_may_be_missing()
    {
        Settable one = Assert.Single(Read<Settable>("name,count\na,3\n").Values);
        Assert.Equal(("a", 3, "none", (object?)null), (one.Name, one.Count, one.Note, one.Elsewhere));
        Assert.Contains("no column Count", Assert.Throws<EngineException>(() => Read<Settable>("name\na\n", "b.csv")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_with_defaults_may_be_missing() => Assert.Equal([new Point(1)], Read<Point>("x\n1\n").Values);

    [Fact]
    public void Types_need_not_be_public() => Assert.Equal([new Hidden(1)], Read<Hidden>("a\n1\n").Values);

    [Fact]
    public void A_type_that_no_field_can_be_is_a_clear_error() =>
        Assert.Contains("Unreadable.B is a Object", Assert.Throws<EngineException>(() => Read<Unreadable>("a,b\n1,2\n")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("2001-02-03")]
    [InlineData("2001-02-03T04:05")]
    [InlineData("2001-02-03 04:05:06")]
    [InlineData("2001-02-03T04:05:06.7")]
    [InlineData("2001-02-03T04:05:06.1234567Z")]
    [InlineData("2001-02-03T04:05Z")]
    [InlineData("2001-02-03T04:05:06+01:30")]
    [InlineData("02/03/2001 04:05")]
    public void Times_are_what_the_platform_reads(string text)
    {
        (DateTime time, DateTimeOffset moment) = Read<(DateTime, DateTimeOffset)>($"{text},{text}\n", "a.csv", new StreamEngine.Files.CsvOptions { HasHeader = false }).Values.Single();
        DateTime expected = DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);
        Assert.Equal((expected, expected.Kind), (time, time.Kind));
        Assert.Equal(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal), moment);
    }

    [Theory]
    [InlineData("2001-02-29")]
    [InlineData("2001-13-01")]
    [InlineData("0000-01-01")]
    [InlineData("2001-02-03T24:00")]
    [InlineData("2001-02-03T04:60")]
    [InlineData("2001-02-03T04:05:")]
    [InlineData("2001-02-03T04:05:06.")]
    [InlineData("2001-02-0x")]
    public void Times_that_dont_exist_are_bad(string text) => Assert.Contains($"'{text}' is no DateTime", Assert.Single(Read<DateTime>($"time\n{text}\n").Bad).Cause.Message, StringComparison.Ordinal);

    private FileRun<T> Read<T>(string text, string name = "a.csv", StreamEngine.Files.CsvOptions? options = null)
    {
        TestFiles.Append(folder.Combine(name), text);
        return FileRun<T>.Read(FileStages.Csv<T>(name, options), folder.Path);
    }
}
