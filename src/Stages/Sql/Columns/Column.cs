using StreamEngine.Records;

namespace StreamEngine.Sql.Columns;

/// <summary>A column of a table that is written to.</summary>
/// <param name="spec">Where its values come from.</param>
internal abstract class Column(ColumnSpec spec)
{
    /// <summary>Its name, unquoted.</summary>
    public string Name => spec.Name;

    /// <summary>What it holds.</summary>
    public ColumnKind Kind => spec.Kind;

    /// <summary>Whether it may be null.</summary>
    public bool IsNullable => spec.IsNullable;

    /// <summary>The type that its author gave it; null leaves it to the kind.</summary>
    public string? DeclaredType => spec.DeclaredType;

    /// <summary>Type and property, for messages.</summary>
    public string Path => spec.Path;
}

/// <summary>A column of rows of one type.</summary>
/// <typeparam name="TRow">The type of the rows.</typeparam>
internal abstract class Column<TRow>(ColumnSpec spec) : Column(spec)
{
    /// <summary>Checks that a row can be written, and says about how many bytes of memory its value takes.</summary>
    /// <exception cref="SerdeException">The database can't hold the value.</exception>
    public abstract int Examine(ref TRow row, bool isKey);

    /// <summary>Whether two rows have the same value.</summary>
    public abstract bool AreEqual(ref TRow one, ref TRow other);

    /// <summary>Whether another column has the same value in this row.</summary>
    public abstract bool Agrees(Column<TRow> other, ref TRow row);

    /// <summary>A hash of the value.</summary>
    public abstract int HashOf(ref TRow row);

    /// <summary>Calls a visitor with the type of the values.</summary>
    public abstract TResult Accept<TResult>(IColumnVisitor<TRow, TResult> visitor);
}

/// <summary>Does something that needs the type of a column's values.</summary>
internal interface IColumnVisitor<TRow, out TResult>
{
    TResult Visit<TStored>(Column<TRow, TStored> column);
}

/// <summary>Reads a column's value of a row; false when it is null.</summary>
internal delegate bool ColumnGetter<TRow, TStored>(ref TRow row, out TStored value);

/// <summary>A column with values of one type.</summary>
/// <typeparam name="TRow">The type of the rows.</typeparam>
/// <typeparam name="TStored">The type that values are handed to the database in.</typeparam>
/// <param name="spec">Where its values come from.</param>
/// <param name="getter">Reads it.</param>
/// <param name="check">Says what is wrong with a value that the database can't hold; null where it holds them all.</param>
internal sealed class Column<TRow, TStored>(ColumnSpec spec, ColumnGetter<TRow, TStored> getter, Func<TStored, string?>? check) : Column<TRow>(spec)
{
    private const int FixedBytes = 16;
    private const int ObjectBytes = 24;

    /// <summary>Reads the value; false when it is null.</summary>
    public ColumnGetter<TRow, TStored> Get => getter;

    public override int Examine(ref TRow row, bool isKey)
    {
        if (!getter(ref row, out TStored value))
        {
            if (isKey || !IsNullable) throw new SerdeException($"{Path} is null, and column {Name} {(isKey ? "is part of the table's key" : "can't be null")}");
            return FixedBytes;
        }

        if (check?.Invoke(value) is { } problem) throw new SerdeException($"{Path}: {problem}");
        return value switch
        {
            string text => ObjectBytes + (2 * text.Length),
            byte[] bytes => ObjectBytes + bytes.Length,
            _ => FixedBytes,
        };
    }

    public override bool AreEqual(ref TRow one, ref TRow other)
    {
        bool hasOne = getter(ref one, out TStored a), hasOther = getter(ref other, out TStored b);
        return hasOne == hasOther && (!hasOne || AreEqual(a, b));
    }

    public override bool Agrees(Column<TRow> other, ref TRow row)
    {
        bool hasOne = getter(ref row, out TStored a), hasOther = ((Column<TRow, TStored>)other).Get(ref row, out TStored b);
        return hasOne == hasOther && (!hasOne || AreEqual(a, b));
    }

    public override int HashOf(ref TRow row)
    {
        if (!getter(ref row, out TStored value)) return 0;
        if (value is not byte[] bytes) return value!.GetHashCode();
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    public override TResult Accept<TResult>(IColumnVisitor<TRow, TResult> visitor) => visitor.Visit(this);

    private static bool AreEqual(TStored a, TStored b) => a is byte[] one && b is byte[] other
        ? one.AsSpan().SequenceEqual(other)
        : EqualityComparer<TStored>.Default.Equals(a, b);
}
