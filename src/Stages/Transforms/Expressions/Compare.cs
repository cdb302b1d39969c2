using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>How two values are compared.</summary>
internal enum CompareOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Compares two values. With null, only <c>=</c> and <c>!=</c> can hold.</summary>
internal sealed class Compare(string text, CompareOperator how, Expression left, Expression right) : Expression(text, ValueKinds.Boolean, left, right)
{
    public override DataValue Evaluate(Row row) => DataValue.Of(Test(row));

    public override bool Test(Row row)
    {
        DataValue a = left.Evaluate(row), b = right.Evaluate(row);
        if (how is CompareOperator.Equal or CompareOperator.NotEqual)
        {
            bool equal = Comparison.Equal(a, b) ?? throw No(Text, left, a, right, b);
            return equal == (how == CompareOperator.Equal);
        }

        if (a.IsNull || b.IsNull) return false;
        int order = Comparison.Compare(a, b) ?? throw No(Text, left, a, right, b);
        return how switch
        {
            CompareOperator.Less => order < 0,
            CompareOperator.LessOrEqual => order <= 0,
            CompareOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    /// <summary>An error of two values that can't be compared.</summary>
    public static DataException No(string text, Expression left, DataValue a, Expression right, DataValue b) =>
        new($"{text}: {left.Describe(a)}, which can't be compared with {(right.IsConstant ? DataText.Describe(b) : $"{right.Text}, {DataText.Describe(b)}")}");
}

/// <summary>Whether a value equals one of several.</summary>
internal sealed class In(string text, Expression value, Expression[] items) : Expression(text, ValueKinds.Boolean, [value, .. items])
{
    public override DataValue Evaluate(Row row) => DataValue.Of(Test(row));

    public override bool Test(Row row)
    {
        DataValue wanted = value.Evaluate(row);
        foreach (Expression item in items)
        {
            DataValue candidate = item.Evaluate(row);
            if (Comparison.Equal(wanted, candidate) ?? throw Compare.No(Text, value, wanted, item, candidate)) return true;
        }

        return false;
    }
}

/// <summary>Whether a value is null, or missing.</summary>
internal sealed class IsNull(string text, Expression value) : Expression(text, ValueKinds.Boolean, value)
{
    public override DataValue Evaluate(Row row) => DataValue.Of(Test(row));

    public override bool Test(Row row) => value.Evaluate(row).IsNull;
}
