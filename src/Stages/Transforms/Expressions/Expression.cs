using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>
/// Something to be worked out for a record: a tree of small objects that call each other. Immutable, so that all tasks of a pipeline use the same one; working
/// it out allocates nothing but what it makes.
/// </summary>
/// <param name="text">How it is written, for errors.</param>
/// <param name="kinds">What it may turn out to be.</param>
/// <param name="parts">What it is made of.</param>
internal abstract class Expression(string text, ValueKinds kinds, params ReadOnlySpan<Expression> parts)
{
    /// <summary>How it is written.</summary>
    public string Text { get; } = text;

    /// <summary>What it may turn out to be.</summary>
    public ValueKinds Kinds { get; } = kinds;

    /// <summary>Whether it is the same for all records.</summary>
    public bool IsConstant { get; protected init; } = AllConstant(parts);

    /// <summary>Whether it asks for more of the record than its value.</summary>
    public bool UsesRecord { get; protected init; } = AnyUsesRecord(parts);

    /// <summary>Whether it asks for the record's key.</summary>
    public bool UsesKey { get; protected init; } = AnyUsesKey(parts);

    /// <summary>Works it out.</summary>
    /// <exception cref="DataException">It makes no sense for this record.</exception>
    public abstract DataValue Evaluate(Row row);

    /// <summary>Works it out as a condition; null counts as false.</summary>
    /// <exception cref="DataException">It makes no sense for this record, or is no condition.</exception>
    public virtual bool Test(Row row)
    {
        DataValue value = Evaluate(row);
        return value.Kind switch
        {
            DataKind.Boolean => value.AsBoolean(),
            DataKind.Null => false,
            _ => throw new DataException($"{Describe(value)}, and is used as a condition"),
        };
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">It is none.</exception>
    public static Expression Parse(string text) => new Parser(text).Read();

    /// <summary>What it turned out to be, for errors: <c>amount is the text 'x'</c>.</summary>
    public string Describe(DataValue value) => IsConstant && Text.Length > 0 ? DataText.Describe(value) : $"{Text} is {DataText.Describe(value)}";

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool AllConstant(ReadOnlySpan<Expression> parts)
    {
        foreach (Expression part in parts)
        {
            if (!part.IsConstant) return false;
        }

        return !parts.IsEmpty;
    }

    private static bool AnyUsesRecord(ReadOnlySpan<Expression> parts)
    {
        foreach (Expression part in parts)
        {
            if (part.UsesRecord) return true;
        }

        return false;
    }

    private static bool AnyUsesKey(ReadOnlySpan<Expression> parts)
    {
        foreach (Expression part in parts)
        {
            if (part.UsesKey) return true;
        }

        return false;
    }
}
