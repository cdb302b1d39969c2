using System.Linq.Expressions;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Sql.PostgresServer;

namespace StreamEngine.Sql;

/// <summary>
/// Tables of PostgreSQL databases. Rows, dead letters and positions are committed in one transaction of the database, so that each record is in
/// the table exactly once, whatever happens.
/// </summary>
/// <remarks>
/// <para>
/// The columns are the public properties of the values, in the order of their constructor, with names in snake case; <c>[Column("name",
/// TypeName = "type")]</c> and <c>[NotMapped]</c> (System.ComponentModel.DataAnnotations.Schema) say otherwise. A value that is itself a number, a
/// text or the like is one column, <c>value</c>.
/// </para>
/// <para>
/// <c>DateTime</c> is <c>timestamp</c>, a local one in UTC; <c>DateTimeOffset</c> is <c>timestamptz</c>; both are cut to microseconds, as is
/// <c>TimeSpan</c> (<c>interval</c>). <c>decimal</c> is <c>numeric</c> with every digit; enums are <c>text</c>.
/// </para>
/// <para>
/// The engine's own tables (<c>streamengine_guards</c>, <c>streamengine_positions</c>, <c>streamengine_dead_letters</c>) are made in the first schema of
/// the search path, which must stay the same. The user needs the right to make tables there, or they are made beforehand.
/// </para>
/// </remarks>
public static class Postgres
{
    /// <summary>A table whose key is in the values, or that has none.</summary>
    /// <param name="connectionString">
    /// As Npgsql has it: <c>Host=db;Database=orders;Username=app;Password=...</c>. It is never shown. Sinks of one pipeline that name the same
    /// host, port, database and search path share a commit, under the login of the first.
    /// </param>
    /// <param name="table">The table's name, in the search path, or with its schema: <c>sales.orders</c>. Letters keep their case.</param>
    /// <param name="key">
    /// The properties that are its key: <c>x => x.Id</c>, <c>x => new { x.Airport, x.Day }</c>. A row takes the place of the one with its key.
    /// When null, rows are appended. A tombstone (a record without a value) is an error of that record.
    /// </param>
    /// <param name="create">Whether to make the table if there is none; an existing one must have the columns, and a unique key on the key's.</param>
    public static ValueSinkDefinition<T> Table<T>(string connectionString, string table, Expression<Func<T, object?>>? key = null, bool create = true) =>
        new TableSink<T>(new TableOptions(PostgresCommitPoint.Of(connectionString), Parts(table), create) { KeySelector = key });

    /// <summary>A table whose key is the records' key: a row takes the place of the one with its key, and a tombstone deletes it.</summary>
    /// <param name="connectionString">As in <see cref="Table{T}(string, string, Expression{Func{T, object?}}?, bool)"/>.</param>
    /// <param name="table">The table's name, in the search path, or with its schema.</param>
    /// <param name="key">
    /// The columns that the parts of the key are written to: one for a scalar, else one for each item of a tuple or property of a record, in
    /// their order. A property of the values with such a name isn't written, and must be the same.
    /// </param>
    /// <param name="create">Whether to make the table if there is none; an existing one must have the columns, and a unique key on the key's.</param>
    public static ValueSinkDefinition<T> Table<T>(string connectionString, string table, string[] key, bool create = true) =>
        new TableSink<T>(new TableOptions(PostgresCommitPoint.Of(connectionString), Parts(table), create) { KeyNames = [.. key] });

    private static string[] Parts(string table)
    {
        ArgumentNullException.ThrowIfNull(table);
        string[] parts = table.Split('.');
        if (parts.Length <= 2) return parts;
        throw new EngineException(ErrorDomain.User, $"'{table}' is no name of a table", "Give the table's name, or schema.table.");
    }
}
