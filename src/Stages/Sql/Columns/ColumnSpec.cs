using System.Reflection;

namespace StreamEngine.Sql.Columns;

/// <summary>Where a column's values come from, before the type of the rows is known.</summary>
/// <param name="Name">The column's name, unquoted.</param>
/// <param name="Member">The property or field of the type; null when the value as a whole is the column.</param>
/// <param name="Type">The type of the property.</param>
/// <param name="Path">Type and property, for messages.</param>
internal sealed record ColumnSpec(string Name, MemberInfo? Member, Type Type, string Path)
{
    /// <summary>Whether it may be null.</summary>
    public bool IsNullable { get; init; }

    /// <summary>The type that its author gave it; null leaves it to the kind.</summary>
    public string? DeclaredType { get; init; }

    /// <summary>What the column holds.</summary>
    public ColumnKind Kind => StoredTypes.Of(Type)!.Value.Kind;

    /// <summary>The type that values are handed to the database in.</summary>
    public Type Stored => StoredTypes.Of(Type)!.Value.Stored;
}
