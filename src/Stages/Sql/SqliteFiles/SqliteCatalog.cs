using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql.SqliteFiles;

/// <summary>Reads what SQLite says of a table.</summary>
internal static class SqliteCatalog
{
    private static readonly StringComparer Names = StringComparer.OrdinalIgnoreCase;

    /// <summary>A table; null when there is none.</summary>
    public static async Task<TableFound?> ReadAsync(SqlWork work, string table)
    {
        var columns = new Dictionary<string, ColumnFound>(Names);
        var primary = new List<string>();
        foreach ((string name, string type, bool isNotNull, bool hasDefault, bool isPrimary, int hidden) in await work.QueryAsync(
            """SELECT "name", "type", "notnull", "dflt_value" IS NOT NULL, "pk" > 0, "hidden" FROM pragma_table_xinfo(@table)""",
            reader => (reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetInt32(5)),
            ("table", table)).ConfigureAwait(false))
        {
            string affinity = SqliteAffinity.Of(type);
            bool isRowId = isPrimary && type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase);
            columns[name] = new ColumnFound(type, isNotNull && !hasDefault && hidden == 0 && !isRowId, column => SqliteAffinity.Keeps(affinity, column)) { IsComputed = hidden > 1 };
            if (isPrimary) primary.Add(name);
        }

        if (columns.Count == 0) return null;
        var keys = new List<IReadOnlySet<string>>();
        if (primary.Count > 0) keys.Add(primary.ToHashSet(Names));
        foreach (string index in await work.QueryAsync(
            """SELECT "name" FROM pragma_index_list(@table) WHERE "unique" = 1 AND "partial" = 0""", reader => reader.GetString(0), ("table", table)).ConfigureAwait(false))
        {
            List<string?> parts = await work.QueryAsync(
                """SELECT "name" FROM pragma_index_info(@index)""", reader => reader.IsDBNull(0) ? null : reader.GetString(0), ("index", index)).ConfigureAwait(false);
            if (!parts.Contains(null)) keys.Add(parts.Select(part => part!).ToHashSet(Names));
        }

        return new TableFound(columns, keys);
    }
}
