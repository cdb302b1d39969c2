using StreamEngine.Records.Data;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.Data;

/// <summary>A column of a table whose rows come from records without a type of their own.</summary>
/// <param name="Name">The column's name, unquoted.</param>
/// <param name="Type">What it holds.</param>
/// <param name="From">The field that its values come from.</param>
internal sealed record DataColumn(string Name, DataColumnType Type, DataPath From)
{
    /// <summary>Whether it may be null; a column of the key never is.</summary>
    public bool IsNullable { get; init; } = true;

    /// <summary>The type that its author gave it; null leaves it to what it holds.</summary>
    public string? DeclaredType { get; init; }

    /// <summary>The column as tables know it.</summary>
    /// <param name="isInKey">Whether its values come from the records' keys.</param>
    public ColumnSpec SpecOf(bool isInKey) => new(Name, null, Type.Clr, isInKey ? $"the key's field {From}" : $"field {From}") { IsNullable = IsNullable, DeclaredType = DeclaredType };
}
