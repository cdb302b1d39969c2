using CsvHelper;
using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Files;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Stages.Tests.Files;

public enum Color
{
    Red,
    Green,
}

public sealed record Trip(string Origin, int Distance, decimal? UnitPrice = null);

[CsvRecord]
public sealed partial record MappedTrip(string Origin, int Distance);

public sealed class CsvSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void Reads_a_compressed_file_as_it_is_written_plain(string name)
    {
        FileRun<Trip> run = Read<Trip>(name, "origin,distance\nLAS,2176\nATL,215\n");
        Assert.Equal([new Trip("LAS", 2176), new Trip("ATL", 215)], run.Values);
        Assert.Equal([2, 3], run.Lines);
    }

    [Theory]
    [InlineData("origin,distance\nLAS,1", 1)]
    [InlineData("origin,distance\r\nLAS,1\r\nATL,2\r\n", 2)]
    [InlineData("origin,distance\rLAS,1\rATL,2\r", 2)]
    [InlineData("\uFEFForigin,distance\nLAS,1\n\n\nATL,2\n\n", 2)]
    [InlineData("\uFEFForigin,distance\n\uFEFFLAS,1\n", 1)]
    [InlineData("origin,distance\n", 0)]
    [InlineData("origin,distance", 0)]
    [InlineData("\n\norigin,distance\nLAS,1\n", 1)]
    [InlineData("", 0)]
    [InlineData("\uFEFF", 0)]
    public void Takes_whatever_ends_lines_and_files(string text, int records) => Assert.Equal(records, Read<Trip>("a.csv", text).Values.Count);

    [Fact]
    public void Reads_quoted_delimiters_quotes_and_line_breaks()
    {
        FileRun<Trip> run = Read<Trip>("a.csv", "origin,distance\n\"a,\"\"b\"\"\r\nc\",1\n\"\",\"2\"\nz,3\n");
        Assert.Equal([new Trip("a,\"b\"\r\nc", 1), new Trip("", 2), new Trip("z", 3)], run.Values);
        Assert.Equal([2, 4, 5], run.Lines);
    }

    [Fact]
    public void Finds_columns_by_name_whatever_their_order_and_case()
    {
        FileRun<Trip> run = Read<Trip>("a.csv", "unit_price,extra,DISTANCE,Origin\n1.5,x,7,LAS\n,x,8,ATL\n");
        Assert.Equal([new Trip("LAS", 7, 1.5m), new Trip("ATL", 8)], run.Values);
    }

    [Fact]
    public void Takes_columns_in_order_without_a_header()
    {
        FileRun<Trip> run = Read<Trip>("a.csv", "LAS;7;1.5\n'A;T';8;\n", new CsvOptions { HasHeader = false, Delimiter = ';', Quote = '\'' });
        Assert.Equal([new Trip("LAS", 7, 1.5m), new Trip("A;T", 8)], run.Values);
    }

    [Fact]
    public void A_type_with_a_generated_mapper_is_made_by_it()
    {
        FileRun<MappedTrip> run = Read<MappedTrip>("a.csv", "distance,origin\n7,LAS\nx,ATL\n8,SAV\n");
        Assert.Equal([new MappedTrip("LAS", 7), new MappedTrip("SAV", 8)], run.Values);
        Assert.Contains("a.csv:3: column distance: 'x'", Assert.Single(run.Bad).Cause.Message, StringComparison.Ordinal);
        Assert.Contains("origin", Refused<MappedTrip>("b.csv", "distance\n7\n").Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("origin,distanec\nLAS,1\n", "a.csv has no column Distance, which Trip needs; did you mean distanec? Its columns are origin, distanec")]
    [InlineData("origin,distance,distance\nLAS,1,1\n", "a.csv has 2 columns Distance")]
    [InlineData("origin,\"distance\nLAS,1\n", "a.csv:1: the header can't be read: a quote that is never closed")]
    public void A_header_that_doesnt_fit_is_a_clear_error(string text, string expected)
    {
        EngineException error = Refused<Trip>("a.csv", text);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData("LAS,1,9", "the record has 3 fields and 2 were expected")]
    [InlineData("LAS", "the record has 1 field and 2 were expected")]
    [InlineData("LAS,far", "column distance: 'far' is no Int32")]
    [InlineData("LAS,", "column distance: '' is no Int32")]
    [InlineData("LAS,99999999999", "column distance: '99999999999' is no Int32")]
    [InlineData("L\"AS,1", "a quote inside a field that doesn't begin with one")]
    [InlineData("\"LAS\"x,1", "text behind a closing quote")]
    [InlineData("\"LAS,1", "text behind a closing quote", "\"")]
    public void A_bad_record_concerns_itself_alone(string bad, string cause, string later = "")
    {
        FileRun<Trip> run = Read<Trip>("a.csv", $"origin,distance\nA,1\n{bad}\n{(later.Length > 0 ? "\"B\",2" : "B,2")}\nC,3\n");
        Assert.Equal(["A", "B", "C"], run.Values.Select(trip => trip.Origin));
        var poison = Assert.Single(run.Bad);
        Assert.Contains($"a.csv:3: {cause}", poison.Cause.Message, StringComparison.Ordinal);
        Assert.Equal(3, poison.Origin.Offset);
        Assert.Equal(bad, System.Text.Encoding.UTF8.GetString(poison.Raw.Span));
        Assert.Equal([2, 4, 5], run.Lines);
    }

    [Fact]
    public void A_quote_that_is_never_closed_costs_one_line()
    {
        FileRun<Trip> run = Read<Trip>("a.csv", $"origin,distance\nA,1\n\"B,2\n{string.Concat(Enumerable.Range(0, 3000).Select(n => $"C{n},3\n"))}");
        Assert.Equal(3001, run.Values.Count);
        Assert.Contains("a quote that is never closed", Assert.Single(run.Bad).Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_cost_one_record()
    {
        byte[] text = [.. "origin,distance\nA,1\n"u8, 0xff, 0xfe, .. ",2\nC,3\n"u8];
        TestFiles.Append(folder.Combine("a.csv"), text);
        FileRun<Trip> run = FileRun<Trip>.Read(FileStages.Csv<Trip>("a.csv"), folder.Path);
        Assert.Equal(["A", "C"], run.Values.Select(trip => trip.Origin));
        Assert.Equal("a.csv:3: the line is no UTF-8 text", Assert.Single(run.Bad).Cause.Message);
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void A_line_of_a_hundred_megabytes_is_passed_over_in_little_memory(string name)
    {
        byte[] block = new byte[1 << 20];
        block.AsSpan().Fill((byte)'x');
        string path = folder.Combine(name);
        TestFiles.Append(path, "origin,distance\nA,1\n");
        for (int n = 0; n < 100; n++) TestFiles.Append(path, block);
        TestFiles.Append(path, ",2\nC,3\n");
        GC.Collect();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        FileRun<Trip> run = FileRun<Trip>.Read(FileStages.Csv<Trip>(name), folder.Path);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 16 << 20);
        Assert.Equal(["A", "C"], run.Values.Select(trip => trip.Origin));
        Assert.Equal([2, 4], run.Lines);
        Assert.Contains($"{name}:3: the record is longer than the 1048576 bytes that are read", Assert.Single(run.Bad).Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_over_the_limit_is_bad_and_one_at_it_is_not()
    {
        var options = new CsvOptions { RecordBytesMax = 256 };
        string at = new('x', 254), over = new('x', 255);
        FileRun<Trip> run = Read<Trip>("a.csv", $"origin,distance\n{at},1\n{over},2\n\"{over}\n\",3\nB,4\n", options);
        Assert.Equal([1, 4], run.Values.Select(trip => trip.Distance));
        Assert.Equal([3, 4, 5], run.Bad.Select(poison => poison.Origin.Offset));
    }

    [Theory]
    [InlineData(',', ',')]
    [InlineData('\n', '"')]
    [InlineData('ä', '"')]
    public void Options_that_cant_be_meant_are_refused(char delimiter, char quote) =>
        Assert.Throws<EngineException>(() => FileStages.Csv<Trip>("a.csv", new CsvOptions { Delimiter = delimiter, Quote = quote }));

    private FileRun<T> Read<T>(string name, string text, CsvOptions? options = null)
    {
        TestFiles.Append(folder.Combine(name), text);
        return FileRun<T>.Read(FileStages.Csv<T>(name, options), folder.Path);
    }

    private EngineException Refused<T>(string name, string text) => Assert.Throws<EngineException>(() => Read<T>(name, text));
}
