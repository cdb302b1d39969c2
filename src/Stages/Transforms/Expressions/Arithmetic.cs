using System.Globalization;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>
/// Calculates with two numbers. Integers stay integers, but for <c>/</c>, which makes a decimal; decimals are exact; where one is a double, so is the result.
/// <c>+</c> joins two texts. Null makes null.
/// </summary>
internal sealed class Arithmetic(string text, char how, Expression left, Expression right, ValueKinds kinds) : Expression(text, kinds, left, right)
{
    public override DataValue Evaluate(Row row)
    {
        DataValue a = left.Evaluate(row), b = right.Evaluate(row);
        if (a.IsNull || b.IsNull) return DataValue.Null;
        if (a.Kind == DataKind.Text && b.Kind == DataKind.Text && how == '+') return DataValue.Of(a.AsText() + b.AsText());
        if (!a.IsNumber || !b.IsNumber) throw No(a, b);
        try
        {
            return Calculate(how, a, b);
        }
        catch (Exception e) when (e is OverflowException or DivideByZeroException)
        {
            string what = e is OverflowException ? "the result is too large" : "division by zero";
            throw new DataException(string.Create(CultureInfo.InvariantCulture, $"{Text}: {what} ({a} {how} {b})"), e);
        }
    }

    /// <summary>Calculates with two numbers.</summary>
    /// <exception cref="OverflowException">The result is too large.</exception>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static DataValue Calculate(char how, in DataValue a, in DataValue b)
    {
        if (a.Kind == DataKind.Double || b.Kind == DataKind.Double) return DataValue.Of(Calculate(how, a.AsDouble(), b.AsDouble()));
        if (a.Kind == DataKind.Integer && b.Kind == DataKind.Integer && how != '/') return DataValue.Of(Calculate(how, a.AsInteger(), b.AsInteger()));
        return DataValue.Of(Calculate(how, a.AsDecimal(), b.AsDecimal()));
    }

    private static long Calculate(char how, long a, long b) => how switch
    {
        '+' => checked(a + b),
        '-' => checked(a - b),
        '*' => checked(a * b),
        _ => b == -1 ? 0 : a % b,
    };

    private static decimal Calculate(char how, decimal a, decimal b) => how switch
    {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '/' => a / b,
        _ => a % b,
    };

    private static double Calculate(char how, double a, double b)
    {
        if (how is '/' or '%' && b == 0) throw new DivideByZeroException();
        double result = how switch
        {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            '/' => a / b,
            _ => a % b,
        };
        return double.IsInfinity(result) && double.IsFinite(a) && double.IsFinite(b) ? throw new OverflowException() : result;
    }

    private DataException No(in DataValue a, in DataValue b)
    {
        (Expression part, DataValue value) = a.IsNumber ? (right, b) : (left, a);
        string remedy = how == '+' && (a.Kind == DataKind.Text || b.Kind == DataKind.Text) ? ": number(...) makes a number of it, concat(...) joins texts with anything" : "";
        return new DataException($"{Text}: {part.Describe(value)}, and no number{remedy}");
    }
}

/// <summary>A number with the other sign.</summary>
internal sealed class Negation(string text, Expression value) : Expression(text, ValueKinds.Number | ValueKinds.Null, value)
{
    public override DataValue Evaluate(Row row)
    {
        DataValue found = value.Evaluate(row);
        return found.Kind switch
        {
            DataKind.Null => found,
            DataKind.Integer when found.AsInteger() != long.MinValue => DataValue.Of(-found.AsInteger()),
            DataKind.Integer => DataValue.Of(-found.AsDecimal()),
            DataKind.Decimal => DataValue.Of(-found.AsDecimal()),
            DataKind.Double => DataValue.Of(-found.AsDouble()),
            _ => throw new DataException($"{Text}: {value.Describe(found)}, and no number"),
        };
    }
}
