using System.Linq.Expressions;
using StreamEngine.Diagnostics;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql;

/// <summary>What the author of a pipeline says of a table.</summary>
/// <param name="Point">The database, where the rows are committed.</param>
/// <param name="Name">The table's name in its parts: schema and table, or the table alone.</param>
/// <param name="Create">Whether to make the table when there is none.</param>
internal sealed record TableOptions(SqlCommitPoint Point, IReadOnlyList<string> Name, bool Create)
{
    /// <summary>What begins the names of the engine's own tables.</summary>
    public const string OwnPrefix = "streamengine_";

    /// <summary>Names the properties of the value that are the table's key; null when the record's key is, or when there is none.</summary>
    public LambdaExpression? KeySelector { get; init; }

    /// <summary>The columns that the record's key is written to; null when the key comes from the value, or when there is none.</summary>
    public IReadOnlyList<string>? KeyNames { get; init; }

    /// <summary>What errors tell to do.</summary>
    public TableAdvice Advice { get; init; } = TableAdvice.Code;

    /// <summary>The table, as messages name it.</summary>
    public string Description => $"table {string.Join('.', Name)} of {Point.Id}";

    /// <summary>Part of the stage's name.</summary>
    public string Slug => string.Concat(Name[^1].Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));

    /// <summary>Checks all names; what else there is to say against the table is said when its columns are known.</summary>
    /// <exception cref="EngineException">A name can't be one.</exception>
    public TableOptions Check()
    {
        foreach (string part in Name) Point.Dialect.CheckName(part, "a table");
        foreach (string key in KeyNames ?? []) Point.Dialect.CheckName(key, "a column");
        if (KeyNames is { Count: 0 } || (KeyNames ?? []).Distinct(StringComparer.OrdinalIgnoreCase).Count() != (KeyNames ?? []).Count)
        {
            throw new EngineException(
                ErrorDomain.User, $"the key columns of {Description} are none, or not distinct: {string.Join(", ", KeyNames!)}", "Name one column for each part of the records' key.");
        }

        if (Name[^1].StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase) || Name[^1].StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase))
        {
            throw new EngineException(ErrorDomain.User, $"{Description} has a name that is kept for tables of the engine or of the database", "Write to a table of another name.");
        }

        return this;
    }

    /// <summary>The columns that come from the value, and the names of those among them that are the key.</summary>
    public (IReadOnlyList<ColumnSpec> Columns, IReadOnlyList<string> Keys) ColumnsOf(Type value)
    {
        IReadOnlyList<ColumnSpec> columns = ColumnReader.OfValue(value);
        foreach (ColumnSpec column in columns) Point.Dialect.CheckName(column.Name, "a column");
        if (KeySelector is null) return (columns, []);
        var keys = new List<string>();
        foreach (System.Reflection.MemberInfo member in Columns.KeySelector.Members(KeySelector))
        {
            ColumnSpec column = columns.FirstOrDefault(column => column.Member?.Name == member.Name) ?? throw new EngineException(
                ErrorDomain.User, $"the key of {Description} names {member.DeclaringType?.Name}.{member.Name}, which is no column of it", "Name properties that are written.");
            if (!keys.Contains(column.Name)) keys.Add(column.Name);
        }

        return (columns, keys);
    }
}
