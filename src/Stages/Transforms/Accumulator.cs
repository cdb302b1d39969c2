using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>One of the values that an aggregate keeps for a key: <c>sum(amount)</c>. Null is passed over, but by <c>count()</c>.</summary>
internal sealed class Accumulator
{
    private readonly string function;
    private readonly Expression? argument;

    /// <param name="name">The field it is handed on as.</param>
    /// <param name="text">How it is written.</param>
    /// <exception cref="OptionException">It is none.</exception>
    public Accumulator(string name, string text)
    {
        Name = name;
        Text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        int open = text.IndexOf('(', StringComparison.Ordinal), close = text.LastIndexOf(')');
        function = open < 0 ? text.Trim() : text[..open].Trim();
        string inside = open >= 0 && close > open ? text[(open + 1)..close] : "";
        if (!Functions.Contains(function))
        {
            throw new OptionException(
                "fields",
                $"there is no aggregate {function}",
                NearestName.To(function, Functions) is { } near ? $"Did you mean {near}?" : $"There are: {string.Join(", ", Functions)}; what is calculated of them goes into a set behind it.") { Text = text };
        }

        if (open < 0 || close < open || text[(close + 1)..].Trim().Length > 0)
        {
            throw new OptionException("fields", $"'{text}' is no aggregate", $"An aggregate is one call and nothing else, {function}(...); what is calculated of it goes into a set behind it.") { Text = text };
        }

        bool isEmpty = string.IsNullOrWhiteSpace(inside);
        if (isEmpty && function != "count") throw new OptionException("fields", $"{function}() is of nothing", $"Say of what: {function}(amount).") { Text = text };
        if (isEmpty) return;
        argument = Argument(text, inside, open + 1);
        if (argument.UsesRecord) throw new OptionException("fields", $"{Text} looks at more than the value of a record", "Put it into a field before the key, by insert-metadata or set.") { Text = text };
        if (function is "sum" or "avg" && !argument.Kinds.MayBe(ValueKinds.Number))
        {
            throw new OptionException("fields", $"{function} takes a number, and {argument.Text} is {argument.Kinds.Describe()}", "number(...) makes one of a text.") { Text = text };
        }
    }

    /// <summary>The functions there are.</summary>
    public static IReadOnlyList<string> Functions { get; } = ["count", "count_if", "sum", "avg", "min", "max", "first", "last"];

    /// <summary>The field it is handed on as.</summary>
    public string Name { get; }

    /// <summary>How it is written, on one line.</summary>
    public string Text { get; }

    /// <summary>How many values of the state it has.</summary>
    public int Slots => function == "avg" ? 2 : 1;

    /// <summary>Takes a record in.</summary>
    /// <param name="state">Its values of the state, which are null before the first record; they are changed.</param>
    /// <param name="row">The record.</param>
    /// <exception cref="DataException">It makes no sense for this record.</exception>
    public void Add(Span<DataValue> state, Row row)
    {
        if (function is "count" or "count_if")
        {
            bool counts = argument is null || (function == "count" ? !argument.Evaluate(row).IsNull : argument.Test(row));
            state[0] = Plus(state[0], DataValue.Of(counts ? 1L : 0L));
            return;
        }

        DataValue value = argument!.Evaluate(row);
        if (value.IsNull) return;
        if (value.Kind == DataKind.Double)
        {
            // What is kept has to be written, and a zero with a sign isn't worth the digits of an exact sum.
            if (!double.IsFinite(value.AsDouble())) throw new DataException($"{Text}: {argument.Describe(value)}, which can't be kept");
            if (function is "sum" or "avg" && value.AsDouble() == 0) value = DataValue.Of(0);
        }

        switch (function)
        {
            case "first":
                if (state[0].IsNull) state[0] = value;
                break;
            case "last":
                state[0] = value;
                break;
            case "min" or "max":
                if (state[0].IsNull || IsBeyond(value, state[0])) state[0] = value;
                break;
            default:
                if (!value.IsNumber) throw new DataException($"{Text}: {argument.Describe(value)}, and no number");
                state[0] = Plus(state[0], value);
                if (function == "avg") state[1] = Plus(state[1], DataValue.Of(1));
                break;
        }
    }

    /// <summary>What is handed on.</summary>
    /// <param name="state">Its values of the state.</param>
    public DataValue Result(ReadOnlySpan<DataValue> state) => function == "avg" && !state[0].IsNull ? Arithmetic.Calculate('/', state[0], state[1]) : state[0];

    /// <summary>What stands in the parentheses; where it is refused, that is said of the place in the whole text.</summary>
    private Expression Argument(string text, string inside, int before)
    {
        try
        {
            return function == "count_if" ? OptionReader.Condition(inside, "fields") : OptionReader.Expression(inside, "fields");
        }
        catch (OptionException e)
        {
            throw new OptionException(e.Option, e.Message, e.Remedy, e) { Text = text, Position = before + Math.Max(e.Position, 1) };
        }
    }

    private DataValue Plus(in DataValue before, in DataValue more)
    {
        try
        {
            if (before.IsNull) return more;
            DataValue sum = Arithmetic.Calculate('+', before, more);
            if (sum.Kind != DataKind.Decimal || sum.AsDecimal().Scale >= Math.Max(before.AsDecimal().Scale, more.AsDecimal().Scale)) return sum;
            throw new DataException($"{Text}: the result has more digits than a decimal holds ({before} + {more})");
        }
        catch (OverflowException e)
        {
            throw new DataException($"{Text}: the result is too large ({before} + {more})", e);
        }
    }

    private bool IsBeyond(in DataValue value, in DataValue best)
    {
        int order = Comparison.Compare(value, best)
            ?? throw new DataException($"{Text}: {argument!.Describe(value)}, which can't be compared with {DataText.Describe(best)}, the {function} so far");
        return function == "min" ? order < 0 : order > 0;
    }
}
