using System.Linq.Expressions;
using StreamEngine.Contracts;

namespace StreamEngine.Sql;

/// <summary>
/// Tables of SQLite databases. Rows, dead letters and positions are committed in one transaction of the database, so that each record is in the
/// table exactly once, whatever happens.
/// </summary>
/// <remarks>
/// <para>
/// The columns are the public properties of the values, in the order of their constructor, with names in snake case; <c>[Column("name",
/// TypeName = "type")]</c> and <c>[NotMapped]</c> (System.ComponentModel.DataAnnotations.Schema) say otherwise. A value that is itself a number, a
/// text or the like is one column, <c>value</c>.
/// </para>
/// <para>
/// SQLite has few types of its own. Integers, <c>bool</c> (0 and 1) are INTEGER; <c>float</c> and <c>double</c> are REAL; <c>decimal</c> is NUMERIC,
/// so that it can be compared and summed: one with more than 15 digits is an error of its record, unless the column is declared TEXT, which keeps
/// every digit. Dates and times are TEXT as SQLite's own functions write it (<c>2024-05-01</c>, <c>2024-05-01 10:00:00.25</c>), points in time in UTC;
/// <c>TimeSpan</c>, <c>Guid</c> and enums are TEXT; <c>byte[]</c> is BLOB.
/// </para>
/// </remarks>
public static class Sqlite
{
    /// <summary>A table whose key is in the values, or that has none.</summary>
    /// <param name="path">
    /// The file: relative to the data directory, which it can't leave then, or absolute. It is made if there is none, its folder isn't. It is
    /// put into WAL mode.
    /// </param>
    /// <param name="table">The table's name.</param>
    /// <param name="key">
    /// The properties that are its key: <c>x => x.Id</c>, <c>x => new { x.Airport, x.Day }</c>. A row takes the place of the one with its key.
    /// When null, rows are appended. A tombstone (a record without a value) is an error of that record.
    /// </param>
    /// <param name="create">Whether to make the table if there is none; an existing one must have the columns, and a unique key on the key's.</param>
    public static ValueSinkDefinition<T> Table<T>(string path, string table, Expression<Func<T, object?>>? key = null, bool create = true) =>
        new TableSink<T>(new TableOptions(SqliteCommitPoint.Of(path), [Given(table, nameof(table))], create) { KeySelector = key });

    /// <summary>A table whose key is the records' key: a row takes the place of the one with its key, and a tombstone deletes it.</summary>
    /// <param name="path">The file, as in <see cref="Table{T}(string, string, Expression{Func{T, object?}}?, bool)"/>.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="key">
    /// The columns that the parts of the key are written to: one for a scalar, else one for each item of a tuple or property of a record, in
    /// their order. A property of the values with such a name isn't written, and must be the same.
    /// </param>
    /// <param name="create">Whether to make the table if there is none; an existing one must have the columns, and a unique key on the key's.</param>
    public static ValueSinkDefinition<T> Table<T>(string path, string table, string[] key, bool create = true) =>
        new TableSink<T>(new TableOptions(SqliteCommitPoint.Of(path), [Given(table, nameof(table))], create) { KeyNames = [.. key] });

    private static string Given(string? value, string name) => value ?? throw new ArgumentNullException(name);
}
