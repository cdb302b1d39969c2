using System.Globalization;
using System.Text;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records.Data;
using StreamEngine.Sql;
using StreamEngine.Sql.Data;

namespace StreamEngine.Stages.Tests.Sql;

/// <summary>What becomes of records without a type of their own in tables.</summary>
public sealed class DataTableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_kind_of_value_is_kept_in_sqlite()
    {
        var value = new DataObject(
            new DataShape("t", "i", "d", "m", "b", "day", "local", "at", "u", "x", "none"),
            [
                DataValue.Of("größe"), DataValue.Of(7L), DataValue.Of(1.5), DataValue.Of(0.25m), DataValue.Of(true), DataValue.Of(new DateOnly(2024, 2, 29)),
                DataValue.Of(new DateTime(2024, 2, 29, 1, 2, 3)), DataValue.Of(new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(1))),
                DataValue.Of("0e984725-c51c-4bf4-9960-e1c80e27aba0"), DataValue.Of([0, 255]), DataValue.Null,
            ]);
        Assert.Empty(await WriteAsync(
            Table("t = text, i = integer, d = double, m = decimal, b = boolean, day = date, local = local-time, at = timestamp, u = uuid, x = bytes, none = text"), value));
        Assert.Equal(
            ["größe|7|1.5|0.25|1|2024-02-29|2024-02-29 01:02:03|2024-02-29 00:02:03|0e984725-c51c-4bf4-9960-e1c80e27aba0|00FF|1"],
            Query("t || '|' || i || '|' || d || '|' || m || '|' || b || '|' || day || '|' || local || '|' || at || '|' || u || '|' || hex(x) || '|' || (none IS NULL)"));
    }

    [Fact]
    public async Task Texts_of_JSON_are_read_as_what_the_column_holds()
    {
        Assert.Empty(await WriteAsync(
            Table("day = date, local = local-time, at = timestamp, x = bytes, i = integer, d = double"),
            Json("""{"day": "2024-02-29", "local": "2024-02-29T01:02", "at": "2024-02-29T01:02:03+01:00", "x": "AP8=", "i": 5.0, "d": 1234567890123456}""")));
        Assert.Equal(
            "2024-02-29|2024-02-29 01:02:00|2024-02-29 00:02:03|00FF|5|1", Assert.Single(Query("day || '|' || local || '|' || at || '|' || hex(x) || '|' || i || '|' || (d = 1234567890123456)")));
    }

    [Theory]
    [InlineData("text", "5", "field v is the integer 5, which column v (text) can't hold as it is")]
    [InlineData("integer", "\"5\"", "the text '5'")]
    [InlineData("integer", "5.5", "the decimal 5.5")]
    [InlineData("integer", "9223372036854775808", "the decimal 9223372036854775808")]
    [InlineData("int16", "40000", "the integer 40000, which column v (int16)")]
    [InlineData("int32", "-2147483649", "the integer -2147483649")]
    [InlineData("double", "9007199254740993", "the integer 9007199254740993")]
    [InlineData("double", "9223372036854775807", "the integer 9223372036854775807")]
    [InlineData("decimal", "1e300", "the double")]
    [InlineData("boolean", "1", "the integer 1")]
    [InlineData("date", "\"2024-02-30\"", "the text '2024-02-30'")]
    [InlineData("local-time", "\"2024-02-29T01:02:03Z\"", "the text '2024-02-29T01:02:03Z'")]
    [InlineData("timestamp", "\"2024-02-29T01:02:03\"", "the text '2024-02-29T01:02:03'")]
    [InlineData("uuid", "\"5\"", "the text '5'")]
    [InlineData("bytes", "\"=\"", "the text '='")]
    [InlineData("text", "{\"a\": 1}", "the object {a: 1}")]
    [InlineData("text", "[1]", "the list [1]")]
    public async Task What_a_column_can_not_hold_as_it_is_is_an_error_of_its_record(string type, string json, string expected)
    {
        List<string> refused = await WriteAsync(Table($"v = {type}"), Json($"{{\"v\": {json}}}"), Json("{}"));
        Assert.Contains(expected, Assert.Single(refused), StringComparison.Ordinal);
        Assert.Equal(["1"], Query("v IS NULL"));
    }

    [Fact]
    public async Task A_column_that_can_not_be_null_refuses_what_is_missing()
    {
        DataTable table = Table("id = integer, name = text", "id");
        DataTable strict = table with { Columns = [.. table.Columns.Select(column => column with { IsNullable = false })] };
        List<string> refused = await WriteAsync(strict, Json("""{"id": 1}"""), Json("""{"name": "a"}"""));
        Assert.Equal(["field name is null, and column name can't be null", "field id is null, and column id is part of the table's key"], refused);
    }

    [Fact]
    public async Task Columns_reach_into_records()
    {
        DataTable table = Table("city = text, first = text");
        table = table with { Columns = [table.Columns[0] with { From = DataPath.Parse("customer.address.city") }, table.Columns[1] with { From = DataPath.Parse("lines[0].sku") }] };
        await WriteAsync(table, Json("""{"customer": {"address": {"city": "Lund"}}, "lines": [{"sku": "A"}, {"sku": "B"}]}"""), Json("""{"lines": []}"""));
        Assert.Equal(["Lund|A", "|"], Query("coalesce(city, '') || '|' || coalesce(first, '')"));
    }

    [Fact]
    public async Task The_last_record_of_a_key_stays()
    {
        await WriteAsync(Table("id = integer, name = text", "id"), Json("""{"id": 1, "name": "a"}"""), Json("""{"id": 2, "name": "b"}"""), Json("""{"id": 1.0, "name": "c"}"""));
        Assert.Equal(["1c", "2b"], Query("id || name"));
    }

    [Fact]
    public async Task A_key_of_the_record_fills_one_column_as_a_value_and_several_as_an_object()
    {
        DataTable one = Table("id = integer, name = text", "id") with { IsKeyInRecordKey = true };
        DataObject named = Json("""{"name": "a", "id": 99}""");
        List<string> refused = await TableRun.WriteAsync(
            folder.Path, new DataTableSink(one), Shape, [(Scalar(1), named), (Json("""{"id": 2}"""), named), (Scalar(3), named), (Scalar(3), null!), (DataObject.Scalar(DataValue.Of("x")), named), (null!, named)]);
        Assert.Equal(["1a", "2a"], Query("id || name"));
        Assert.Contains("the key's field id is the text 'x'", refused[0], StringComparison.Ordinal);
        Assert.Contains("the record has no key", refused[1], StringComparison.Ordinal);

        DataTable two = Table("a = integer, b = text, name = text", "a", "b", name: "u") with { IsKeyInRecordKey = true };
        refused = await TableRun.WriteAsync(folder.Path, new DataTableSink(two), Shape, [(Json("""{"b": "x", "a": 1}"""), named), (Scalar(1), named)]);
        Assert.Equal(["1xa"], Query("a || b || name", "u"));
        Assert.Contains("the record's key is the integer 1, and the key of table u of sqlite:t.db has the columns a, b", Assert.Single(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tombstone_without_a_key_to_delete_is_an_error_that_says_what_to_do()
    {
        Assert.Contains("say key-from = record-key", Assert.Single(await WriteAsync(Table("id = integer"), (DataObject)null!)), StringComparison.Ordinal);
        Assert.Contains("key-from = record-key", Assert.Single(await WriteAsync(Table("id = integer", "id", name: "u"), (DataObject)null!)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_field_is_left_out_or_refused()
    {
        DataObject value = Json("""{"a": {"b": 1, "c": 2}, "d": 3}""");
        DataTable table = Table("b = integer");
        table = table with { Columns = [table.Columns[0] with { From = DataPath.Parse("a.b") }] };
        Assert.Empty(await WriteAsync(table, value));
        List<string> refused = await WriteAsync(table with { RefusesUnknown = true }, value, Json("""{"a": {"b": 2, "c": 2}}"""));
        Assert.StartsWith("field d has no column in table t of sqlite:t.db", Assert.Single(refused), StringComparison.Ordinal);
        Assert.Equal(["1", "2"], Query("b"));
    }

    [Fact]
    public void What_a_column_takes_is_what_was_written() => Gen.OneOf(
            Gen.Long.Select(DataValue.Of), Gen.Double.Select(DataValue.Of), Gen.Long.Select(n => DataValue.Of((double)n)), Gen.Decimal.Select(DataValue.Of), Gen.Bool.Select(DataValue.Of), Gen.String.Select(DataValue.Of),
            Gen.DateOnly.Select(DataValue.Of), Gen.DateTimeOffset.Select(DataValue.Of), Gen.Byte.Array.Select(DataValue.Of), Gen.DateTime.Select(DataValue.Of))
        .Sample(
            value =>
            {
                foreach (DataColumnType type in DataColumnType.All) type.Accept(new Keeps(value));
            },
            iter: PropertyRuns.Of(2_000));

    private static StreamShape<DataObject, DataObject> Shape { get; } = new(DataSerdes.Json, DataSerdes.Json);

    private static DataObject Json(string text) => DataSerdes.Json.Deserialize(Encoding.UTF8.GetBytes(text));

    private static DataObject Scalar(long value) => DataObject.Scalar(DataValue.Of(value));

    private static DataTable Table(string columns, params string[] keys) => Table(columns, keys, "t");

    private static DataTable Table(string columns, string key, string name) => Table(columns, [key], name);

    private static DataTable Table(string columns, string first, string second, string name) => Table(columns, [first, second], name);

    private static DataTable Table(string columns, string[] keys, string name) => new(
        new TableOptions(SqliteCommitPoint.Of("t.db"), [name], true) { Advice = TableAdvice.Options }.Check(),
        [
            .. columns.Split(", ").Select(column => column.Split(" = "))
                .Select(column => new DataColumn(column[0], DataColumnType.Of(column[1]), DataPath.Parse(column[0])) { IsNullable = !keys.Contains(column[0]) }),
        ],
        keys);

    private Task<List<string>> WriteAsync(DataTable table, params DataObject[] values) =>
        TableRun.WriteAsync(folder.Path, new DataTableSink(table), Shape, values.Select(value => (DataObject.Scalar(DataValue.Of("k")), value)));

    private List<string> Query(string expression, string table = "t") => SqliteFile.Query(
        folder.Combine("t.db"), table, $"SELECT {expression} FROM {table} ORDER BY rowid", reader => Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);

    /// <summary>Checks that a value which a column takes comes out as it went in.</summary>
    private sealed class Keeps(DataValue value) : DataColumnType.IVisitor
    {
        public object Visit<TStored>(DataColumnType.TryConvert<TStored> convert)
        {
            if (!convert(value, 1, out TStored stored)) return false;
            switch (stored)
            {
                case string text: Assert.Equal(value.AsText(), text); break;
                case long or int or short when value.Kind == DataKind.Double: Assert.Equal(value.AsDouble(), Convert.ToDouble(stored, CultureInfo.InvariantCulture)); break;
                case long or int or short: Assert.Equal(value.AsDecimal(), Convert.ToDecimal(stored, CultureInfo.InvariantCulture)); break;
                case double number: Assert.Equal(value.AsDouble(), number); break;
                case decimal exact: Assert.Equal(value.AsDecimal(), exact); break;
                case bool flag: Assert.Equal(value.AsBoolean(), flag); break;
                case DateOnly day: Assert.Equal(value.Kind == DataKind.Date ? value.AsDate() : DateOnly.Parse(value.AsText(), CultureInfo.InvariantCulture), day); break;
                case DateTime time when value.Kind == DataKind.Instant: Assert.Equal(value.AsInstant().UtcDateTime, time); break;
                case DateTime time when value.Kind == DataKind.LocalTime: Assert.Equal(value.AsLocalTime(), time); break;
                case byte[] bytes when value.Kind == DataKind.Bytes: Assert.Equal(value.AsBytes().ToArray(), bytes); break;
                case byte[] bytes: Assert.Equal(Convert.FromBase64String(value.AsText()), bytes); break;
                default: Assert.Equal(DataKind.Text, value.Kind); break;
            }

            return true;
        }
    }
}
