using StreamEngine.Diagnostics;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql;

/// <summary>A table as the database describes it.</summary>
/// <param name="Columns">Its columns by their names.</param>
/// <param name="UniqueKeys">The columns of each of its unique keys.</param>
internal sealed record TableFound(IReadOnlyDictionary<string, ColumnFound> Columns, IReadOnlyList<IReadOnlySet<string>> UniqueKeys);

/// <summary>A column as the database describes it.</summary>
/// <param name="Type">Its type, as the database calls it.</param>
/// <param name="IsRequired">Whether it must be given a value: it can't be null, and has no default.</param>
/// <param name="Keeps">Whether it keeps the values of a column as they are.</param>
internal sealed record ColumnFound(string Type, bool IsRequired, Func<Column, bool> Keeps)
{
    /// <summary>Whether it can't be written to: the database computes it.</summary>
    public bool IsComputed { get; init; }
}

/// <summary>Finds out whether a table that is there takes the rows.</summary>
internal static class TableCheck
{
    /// <summary>Checks a table.</summary>
    /// <param name="shape">What is written.</param>
    /// <param name="found">What is there; null when nothing is.</param>
    /// <exception cref="EngineException">It doesn't fit.</exception>
    public static void Check<TRow>(TableShape<TRow> shape, TableFound? found)
    {
        if (found is null)
        {
            throw Misfit(shape, "doesn't exist", shape.Options.Advice.NoTable);
        }

        foreach (Column<TRow> column in shape.Columns)
        {
            if (!found.Columns.TryGetValue(column.Name, out ColumnFound? there))
            {
                throw Misfit(
                    shape,
                    $"has no column {column.Name} for {column.Path}; it has {string.Join(", ", found.Columns.Keys)}",
                    shape.Options.Advice.NoColumn(TypeOf(shape, column)));
            }

            if (there.IsComputed) throw Misfit(shape, $"computes column {column.Name} itself, and {column.Path} is to be written to it", shape.Options.Advice.LeaveOut);
            if (!there.Keeps(column))
            {
                throw Misfit(
                    shape,
                    $"has column {column.Name} as {(there.Type.Length == 0 ? "a column without a type" : there.Type)}, which doesn't keep {column.Path} as it is",
                    shape.Options.Advice.OtherType(shape.Options.Point.Dialect.TypeOf(column.Kind)));
            }
        }

        foreach ((string name, ColumnFound column) in found.Columns)
        {
            if (!column.IsRequired || shape.Columns.Any(written => written.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) continue;
            throw Misfit(shape, $"has column {name}, which must be given a value, and the rows have none for it", shape.Options.Advice.NoValue);
        }

        string[] key = [.. shape.Keys.Select(column => column.Name)];
        if (key.Length == 0 || found.UniqueKeys.Any(unique => unique.SetEquals(key))) return;
        throw Misfit(
            shape,
            $"has no unique key on {string.Join(", ", key)}, so that a row can't take the place of the one before",
            $"Make one: CREATE UNIQUE INDEX ON these columns; or write with the key that it has.");
    }

    private static string TypeOf<TRow>(TableShape<TRow> shape, Column<TRow> column) => column.DeclaredType ?? shape.Options.Point.Dialect.TypeOf(column.Kind);

    private static EngineException Misfit<TRow>(TableShape<TRow> shape, string what, string remedy) => new(ErrorDomain.User, $"{shape.Description} {what}", remedy);
}
