using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>Calls a function of at most three arguments, unless one of them is null: then that is the result.</summary>
internal sealed class FunctionCall(string text, Function function, Expression[] arguments)
    : Expression(text, function.Result | ValueKinds.Null, arguments)
{
    private readonly Expression? first = arguments.ElementAtOrDefault(0);
    private readonly Expression? second = arguments.ElementAtOrDefault(1);
    private readonly Expression? third = arguments.ElementAtOrDefault(2);

    public override DataValue Evaluate(Row row)
    {
        if (!TryArgument(first, 0, row, out DataValue a) || !TryArgument(second, 1, row, out DataValue b) || !TryArgument(third, 2, row, out DataValue c)) return default;
        try
        {
            return function.Call!(a, b, c);
        }
        catch (DataException e)
        {
            throw new DataException($"{Text}: {e.Message}", e);
        }
    }

    private bool TryArgument(Expression? argument, int n, Row row, out DataValue value)
    {
        value = default;
        if (argument is null) return true;
        value = argument.Evaluate(row);
        if (value.IsNull) return false;
        ValueKinds wanted = function.Parameter(n);
        if ((ValueKindsText.Of(value.Kind) & wanted) == 0) throw new DataException($"{Text}: {argument.Describe(value)}, and {function.Name} takes {wanted.Describe()}");
        return true;
    }
}

/// <summary>The first of several values that isn't null.</summary>
internal sealed class Coalesce(string text, Expression[] values)
    : Expression(text, values.Aggregate(ValueKinds.None, (kinds, value) => kinds | value.Kinds), values)
{
    public override DataValue Evaluate(Row row)
    {
        foreach (Expression value in values)
        {
            DataValue found = value.Evaluate(row);
            if (!found.IsNull) return found;
        }

        return default;
    }
}

/// <summary>The least or the greatest of several values; null is passed over.</summary>
internal sealed class Extreme(string text, bool isMax, Expression[] values)
    : Expression(text, values.Aggregate(ValueKinds.Null, (kinds, value) => kinds | value.Kinds), values)
{
    public override DataValue Evaluate(Row row)
    {
        DataValue best = default;
        Expression? from = null;
        foreach (Expression value in values)
        {
            DataValue found = value.Evaluate(row);
            if (found.IsNull) continue;
            if (from is not null)
            {
                int order = Comparison.Compare(found, best) ?? throw Compare.No(Text, from, best, value, found);
                if (isMax ? order <= 0 : order >= 0) continue;
            }

            best = found;
            from = value;
        }

        return best;
    }
}

/// <summary>The texts of several values, one behind the other; null is passed over.</summary>
internal sealed class Concat(string text, Expression[] values) : Expression(text, ValueKinds.Text, values)
{
    private static readonly Casting Texts = new("text");

    public override DataValue Evaluate(Row row)
    {
        var parts = new string[values.Length];
        for (int n = 0; n < parts.Length; n++) parts[n] = Texts.Cast(values[n].Evaluate(row)) is { IsNull: false } found ? found.AsText() : "";
        return DataValue.Of(string.Concat(parts));
    }
}
