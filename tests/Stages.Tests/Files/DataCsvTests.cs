using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Files;
using StreamEngine.Records.Data;

namespace StreamEngine.Stages.Tests.Files;

/// <summary>CSV as records with a field for each column.</summary>
public sealed class DataCsvTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_are_texts_unless_they_are_given_another_type()
    {
        DataObject one = Assert.Single(Read(
            "text,i,d,m,b,day,local,at\n007,-7,1.5,2.50,yes,2024-02-29,2024-02-29T01:02,2024-02-29T01:02:03+01:00\n",
            Options(("i", "integer"), ("d", "double"), ("m", "decimal"), ("b", "boolean"), ("day", "date"), ("local", "local-time"), ("at", "timestamp"))).Values);
        Assert.Equal(["text", "i", "d", "m", "b", "day", "local", "at"], one.Shape.Names.ToArray());
        Assert.Equal(
            [
                DataValue.Of("007"), DataValue.Of(-7L), DataValue.Of(1.5), DataValue.Of(2.50m), DataValue.Of(true), DataValue.Of(new DateOnly(2024, 2, 29)),
                DataValue.Of(new DateTime(2024, 2, 29, 1, 2, 0)), DataValue.Of(new DateTimeOffset(2024, 2, 29, 0, 2, 3, TimeSpan.Zero)),
            ],
            one.Values.ToArray());
    }

    [Fact]
    public void An_empty_field_is_null_where_no_text_is_and_what_stands_for_null_is_everywhere()
    {
        const string Content = "a,n\n,\nNA,NA\n\"\",-\n";
        Assert.Equal(["{a: , n: null}", "{a: null, n: null}", "{a: , n: null}"], Texts(Content, Options(("n", "integer")) with { Nulls = ["NA", "-"] }));
        Assert.Equal(["{a: null, n: null}", "{a: null, n: null}", "{a: null, n: null}"], Texts(Content, Options(("n", "integer")) with { Nulls = ["NA", "-"], EmptyIsNull = true }));
    }

    [Fact]
    public void Without_a_header_columns_are_named_in_their_order() => Assert.Equal(
        ["{x: a, y: 1}", "{x: b, y: 2}"], Texts("a,1\nb,2\n", Options(("x", "text"), ("y", "integer")) with { Format = CsvOptions.Default with { HasHeader = false } }));

    [Fact]
    public void A_column_without_a_name_is_named_by_its_number() => Assert.Equal(["{column1: 0, b: x}"], Texts(",b\n0,x\n", Options()));

    [Theory]
    [InlineData("a,n\nx,1\ny,one\n", "in.csv:3: column n: 'one' is no whole number of 64 bits")]
    [InlineData("a,n\nx,99999999999999999999\n", "in.csv:2: column n: '99999999999999999999' is no whole number")]
    [InlineData("a,n\nx,1,2\n", "in.csv:2: the record has 3 fields and 2 were expected")]
    [InlineData("n,at\n1,2024-02-29T01:02Z\n", "in.csv:2: column at: '2024-02-29T01:02Z' is no date with a time and without a zone")]
    public void A_field_that_can_not_be_read_is_a_bad_record_with_file_line_and_column(string content, string expected)
    {
        DataCsvOptions options = Options([("n", "integer"), .. content.Contains("at", StringComparison.Ordinal) ? [("at", "local-time")] : Array.Empty<(string, string)>()]);
        Assert.Contains(expected, Assert.Single(Read(content, options).Bad).Cause.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("double", "1,5")]
    [InlineData("double", "1e400")]
    [InlineData("double", "NaN")]
    [InlineData("decimal", "1,5")]
    [InlineData("decimal", "5-")]
    [InlineData("decimal", "12345678901234567890.12345678901234567")]
    [InlineData("decimal", "0.00000000000000000000000000001")]
    [InlineData("date", "1,5")]
    [InlineData("date", "May 1")]
    [InlineData("date", "2024-05")]
    [InlineData("date", "01/02/2024")]
    [InlineData("date", "2024-05-01T23:30:00")]
    [InlineData("local-time", "10:00")]
    [InlineData("timestamp", "10:00")]
    [InlineData("timestamp", "2024-05-01T10:00:00.123456789Z")]
    public void A_field_that_would_become_another_value_is_a_bad_record(string type, string field)
    {
        FileRun<DataObject> run = Read($"x;n\n{field};1\n", Options(("x", type)) with { Format = CsvOptions.Default with { Delimiter = ';' } });
        Assert.Empty(run.Values);
        Assert.Contains($"column x: '{field}' is no", Assert.Single(run.Bad).Cause.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decimal", "1e-3", "0.001")]
    [InlineData("decimal", "00012.340", "12.340")]
    [InlineData("decimal", "1234567890123456789012345678", "1234567890123456789012345678")]
    [InlineData("double", "-1.5e10", "-15000000000")]
    [InlineData("timestamp", "2024-05-01 10:00:00.25+02:00", "2024-05-01T08:00:00.25Z")]
    public void A_field_that_is_its_value_written_otherwise_is_taken(string type, string field, string value) =>
        Assert.Equal($"{{x: {value}, n: 1}}", Assert.Single(Texts($"x,n\n{field},1\n", Options(("x", type)))));

    [Theory]
    [InlineData("bb,nn\n", "in.csv has no column n; did you mean nn? Its columns are bb, nn")]
    [InlineData("n,a,a\n", "in.csv has 2 columns a")]
    public void A_header_that_does_not_fit_is_refused(string content, string expected) =>
        Assert.Contains(expected, Assert.Throws<EngineException>(() => Read(content, Options(("n", "integer")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Records_of_files_with_one_header_share_their_shape()
    {
        File.WriteAllText(folder.Combine("other.csv"), "a,b\n3,4\n");
        List<DataObject> values = Read("a,b\n1,2\n5,6\n", Options(), "*.csv").Values;
        Assert.Equal(3, values.Count);
        Assert.All(values, value => Assert.Same(values[0].Shape, value.Shape));
    }

    private static DataCsvOptions Options(params (string Name, string Type)[] columns) =>
        new(CsvOptions.Default, [.. columns.Select(column => KeyValuePair.Create(column.Name, DataCell.Of(column.Type)))]);

    private string[] Texts(string content, DataCsvOptions options) => [.. Read(content, options).Values.Select(value => value.ToString())];

    private FileRun<DataObject> Read(string content, DataCsvOptions options, string pattern = "in.csv")
    {
        File.WriteAllText(folder.Combine("in.csv"), content);
        return FileRun<DataObject>.Read(new FileSourceDefinition<DataObject>(pattern, new DataCsvFormat(options)), folder.Path);
    }
}
