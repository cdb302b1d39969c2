using StreamEngine.Sql.Commits;

namespace StreamEngine.Sql.PostgresServer;

/// <summary>Reads what PostgreSQL says of a table.</summary>
internal static class PostgresCatalog
{
    /// <summary>A table by its quoted name; null when there is none.</summary>
    public static async Task<TableFound?> ReadAsync(SqlWork work, string quotedName)
    {
        List<uint?> tables = await work.QueryAsync(
            "SELECT to_regclass(@name)::oid", reader => reader.IsDBNull(0) ? null : (uint?)reader.GetFieldValue<uint>(0), ("name", quotedName)).ConfigureAwait(false);
        if (tables[0] is not { } table) return null;
        var columns = new Dictionary<string, ColumnFound>(StringComparer.Ordinal);
        foreach ((string name, string type, bool isRequired, bool isComputed) in await work.QueryAsync(
            """
            SELECT a.attname::text, t.typname::text, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', a.attgenerated <> '' OR a.attidentity = 'a'
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = @table::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """,
            reader => (reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)),
            ("table", (long)table)).ConfigureAwait(false))
        {
            columns[name] = new ColumnFound(type, isRequired, column => PostgresDialect.Keeps(type, column.Kind)) { IsComputed = isComputed };
        }

        List<string[]> keys = await work.QueryAsync(
            """
            SELECT array_agg(a.attname::text) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey[0:i.indnkeyatts - 1])
            WHERE i.indrelid = @table::oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL GROUP BY i.indexrelid
            """,
            reader => reader.GetFieldValue<string[]>(0),
            ("table", (long)table)).ConfigureAwait(false);
        return new TableFound(columns, [.. keys.Select(key => key.ToHashSet(StringComparer.Ordinal))]);
    }
}
