using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records.Data;
using StreamEngine.Sql;
using StreamEngine.Sql.Data;
using StreamEngine.Sql.PostgresServer;

namespace StreamEngine.Stages.Tests.Sql;

public sealed class SqliteDataSinkConformance() : SinkConformance(new SqliteSinkFactory(table => DataSinks.Keyed(SqliteCommitPoint.Of("test.db"), table), table => DataSinks.Appending(SqliteCommitPoint.Of("test.db"), table)));

public sealed class PostgresDataSinkConformance() : SinkConformance(new PostgresSinkFactory(
    (database, table) => DataSinks.Keyed(PostgresCommitPoint.Of(database), table), (database, table) => DataSinks.Appending(PostgresCommitPoint.Of(database), table)));

/// <summary>Tables of the suite's values, written as records without a type of their own.</summary>
internal static class DataSinks
{
    private static readonly DataShape Shape = new("name", "number", "amount", "day");

    private static readonly DataColumn[] Values =
    [
        Column("name", "text") with { IsNullable = false },
        Column("number", "int32") with { IsNullable = false },
        Column("amount", "decimal"),
        Column("day", "date") with { IsNullable = false },
    ];

    /// <summary>A table whose key, the column <c>id</c>, is the records' key.</summary>
    public static ValueSinkDefinition<SinkValue> Keyed(SqlCommitPoint point, string table) =>
        Converted(new DataTable(new TableOptions(point, [table], true).Check(), [.. Values, Column("id", "text")], ["id"]) { IsKeyInRecordKey = true });

    /// <summary>A table that is appended to.</summary>
    public static ValueSinkDefinition<SinkValue> Appending(SqlCommitPoint point, string table) => Converted(new DataTable(new TableOptions(point, [table], true).Check(), Values, []));

    private static ConvertedSink<SinkValue> Converted(DataTable table) => new(new DataTableSink(table), value => new DataObject(
        Shape, [DataValue.Of(value.Name), DataValue.Of((long)value.Number), value.Amount is { } amount ? DataValue.Of(amount) : DataValue.Null, DataValue.Of(value.Day)]));

    private static DataColumn Column(string name, string type) => new(name, DataColumnType.Of(type), DataPath.Parse(name));
}
