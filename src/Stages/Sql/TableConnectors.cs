using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Records.Data;
using StreamEngine.Sql.Columns;
using StreamEngine.Sql.Data;

namespace StreamEngine.Sql;

/// <summary>Tables as connectors of pipelines without code.</summary>
public static class TableConnectors
{
    private const string Common =
        "Rows, dead letters and positions are committed in one transaction of the database, so that each record is in the table exactly once, whatever happens.\n\n" +
        "columns names the columns with their types. A column gets the field of its name, or the one that from says (customer.city, lines[0].sku); a field that is missing is " +
        "null. A column holds what loses nothing: integer (64 bits), int32 and int16 whole numbers, double and decimal numbers, text texts, boolean flags, date, local-time " +
        "(without a zone) and timestamp (with one) times or their ISO texts, uuid texts, bytes bytes or base64. Anything else is an error of its record; the transform cast " +
        "says what is meant.\n\n" +
        "With key, a row takes the place of the one with its key; without, rows are appended. With key-from = record-key the key's columns come from the records' keys: from a key " +
        "that is a single value, or from its fields; a tombstone then deletes its row.";

    /// <summary>Writes tables of SQLite databases.</summary>
    public static SinkConnector Sqlite { get; } = new("sqlite", "Writes a table of a SQLite database, exactly-once.")
    {
        Description = $"{Common}\n\ndecimal columns are NUMERIC, which keeps 15 digits: one with more is an error of its record, unless the column has sql-type = TEXT.",
        Example = "sink { connector = sqlite, path = shop.db, table = orders, key = [id], columns { id = integer, total = decimal, city { type = text, from = customer.city } } }",
        Options =
        [
            new("path", OptionType.Text, "The file: relative to the data directory, which it can't leave then, or absolute. It is made if there is none, its folder isn't.")
            {
                IsRequired = true,
                Importance = Importance.High,
            },
            .. TableOptionDefinitions("The table's name."),
        ],
        Create = options => Create(options, Checked<SqlCommitPoint>(() => SqliteCommitPoint.Of(options.Text("path")), "path"), [options.Text("table")]),
    };

    /// <summary>Writes tables of PostgreSQL databases.</summary>
    public static SinkConnector Postgres { get; } = new("postgres", "Writes a table of a PostgreSQL database, exactly-once.")
    {
        Description =
            $"{Common}\n\nThe engine's own tables (streamengine_guards, streamengine_positions, streamengine_dead_letters) are made in the first schema of the search path. " +
            "Sinks of one pipeline that name the same host, port, database and search path share a commit.",
        Example = "sink { connector = postgres, connection = ${SHOP_DB}, table = sales.orders, key = [id], columns { id = integer, total = decimal } }",
        Options =
        [
            new("connection", OptionType.Text, "How to connect, as Npgsql has it: Host=db;Database=orders;Username=app;Password=... It is never shown; take it from the environment: ${ORDERS_DB}.")
            {
                IsRequired = true,
                IsSecret = true,
                Importance = Importance.High,
            },
            .. TableOptionDefinitions("The table's name, in the search path, or with its schema: sales.orders. Letters keep their case."),
        ],
        Create = options => Create(options, Checked<SqlCommitPoint>(() => PostgresServer.PostgresCommitPoint.Of(options.Text("connection")), "connection"), options.Text("table").Split('.')),
    };

    private static IEnumerable<OptionDefinition> TableOptionDefinitions(string tableMeaning) =>
    [
        new("table", OptionType.Text, tableMeaning) { IsRequired = true, Importance = Importance.High },
        new("columns", OptionType.Map, "The columns: name = type, or name { type = ..., from = FIELD }.")
        {
            IsRequired = true,
            Importance = Importance.High,
            Item = new("", OptionType.Object, "A column.")
            {
                Item = TypeOption(""),
                Options =
                [
                    TypeOption("type") with { IsRequired = true },
                    new("from", OptionType.Field, "The field that its values come from; the one of its name unless given."),
                    new("nullable", OptionType.Flag, "Whether it may be null.") { Default = "true" },
                    new("sql-type", OptionType.Text, "Its type in a table that is made here: varchar(20), numeric(10,2). What fits the type unless given.") { Importance = Importance.Low },
                ],
            },
        },
        new("key", OptionType.List, "The columns that are the table's key; without it, rows are appended.")
        {
            Importance = Importance.High,
            Item = new("", OptionType.Text, "A column."),
        },
        new("key-from", OptionType.Choice, "Where the key's columns come from: the records' values, or their keys.") { Default = "value", Choices = ["value", "record-key"] },
        new("create", OptionType.Flag, "Whether to make the table if there is none; an existing one must have the columns, and a unique key on the key's.") { Default = "true" },
        new("unknown", OptionType.Choice, "What becomes of a field that no column takes: ignore leaves it out, fail makes it an error of the record.") { Default = "ignore", Choices = ["ignore", "fail"] },
    ];

    private static OptionDefinition TypeOption(string name) => new(name, OptionType.Choice, "What the column holds.") { Choices = [.. DataColumnType.All.Select(type => type.Word)] };

    private static DataTableSink Create(IOptions options, SqlCommitPoint point, string[] name)
    {
        if (name.Length > 2) throw new OptionException("table", $"'{options.Text("table")}' is no name of a table", "Give the table's name, or schema.table.");
        bool isKeyInRecordKey = options.Text("key-from") == "record-key";
        DataColumn[] columns = [.. options.Map("columns").Select(ColumnOf)];
        if (columns.Length == 0) throw new OptionException("columns", "there are no columns", "Name the table's columns with their types: columns { id = integer, name = text }.");
        foreach (DataColumn column in columns) Checked(() => point.Dialect.CheckName(column.Name, "a column"), "columns");
        foreach (IGrouping<string, DataColumn> same in columns.GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            throw new OptionException("columns", $"columns {string.Join(" and ", same.Select(column => column.Name))} are one to the database", "Give each column a name of its own.");
        }

        string[] keys = [.. options.Texts("key")];
        foreach (string key in keys.Where(key => !columns.Any(column => column.Name == key)))
        {
            throw new OptionException("key", $"{key} is none of the columns: {string.Join(", ", columns.Select(column => column.Name))}", "Name columns that are in columns too, with their types.");
        }

        if (keys.Distinct().Count() != keys.Length) throw new OptionException("key", $"the key names a column twice: {string.Join(", ", keys)}", "Name each column once.");
        if (isKeyInRecordKey && keys.Length == 0) throw new OptionException("key-from", "key-from = record-key, and no column takes the key", "Name the columns that the key is written to: key = [id].");
        var table = new TableOptions(point, name, options.Flag("create")) { Advice = TableAdvice.Options };
        return new(new DataTable(Checked(table.Check, "table"), columns, keys) { IsKeyInRecordKey = isKeyInRecordKey, RefusesUnknown = options.Text("unknown") == "fail" });
    }

    private static DataColumn ColumnOf(KeyValuePair<string, IOptions> named)
    {
        (string name, IOptions item) = named;
        if (!item.Has("type")) return new DataColumn(name, DataColumnType.Of(item.Text("")), new DataPath(DataPathStep.Field(name)));
        string? declared = item.Has("sql-type") ? item.Text("sql-type") : null;
        if (declared is not null && !ColumnReader.IsDeclaredType(declared))
        {
            throw new OptionException($"columns.{name}.sql-type", $"'{declared}' is no name of a column's type", "Write a type such as TEXT, varchar(20) or numeric(10,2).");
        }

        DataPath from = item.Has("from") ? PathOf(item.Text("from")) : new DataPath(DataPathStep.Field(name));
        return new DataColumn(name, DataColumnType.Of(item.Text("type")), from) { IsNullable = item.Flag("nullable"), DeclaredType = declared };
    }

    private static DataPath PathOf(string text) => DataPath.TryParse(text, out DataPath? path, out string? problem)
        ? path
        : throw new OptionException("columns", $"from = {text} is no path of a field: {problem}", "Write a path such as customer.city or lines[0].sku.") { Text = text };

    /// <summary>Calls what refuses in its own words, which option it is about.</summary>
    private static T Checked<T>(Func<T> call, string option)
    {
        try
        {
            return call();
        }
        catch (EngineException e) when (e is not OptionException)
        {
            throw new OptionException(option, e.Message, e.Remedy, e);
        }
    }
}
