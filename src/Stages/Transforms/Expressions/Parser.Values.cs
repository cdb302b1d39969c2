using System.Globalization;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>Reads values: literals, paths, calls and what stands in parentheses.</summary>
internal sealed partial class Parser
{
    private Expression ReadValue()
    {
        int start = token.Start;
        switch (token.Kind)
        {
            case TokenKind.Number:
                string number = TakeAny();
                return new Constant(number, ReadNumber(number, start));
            case TokenKind.Text:
                string literal = TakeAny();
                return new Constant(TextFrom(start), DataValue.Of(literal));
            case TokenKind.QuotedName:
                return ReadPath(start, TakeAny());
            case TokenKind.Name:
                return ReadNamed(start);
            default:
                if (!Take("(")) throw Wrong($"a value is expected, and {token} is there", Help);
                Expression inside = ReadChoice();
                Expect(")");
                return inside;
        }
    }

    private Expression ReadNamed(int start)
    {
        if (TakeWord("true")) return new Constant("true", DataValue.Of(true));
        if (TakeWord("false")) return new Constant("false", DataValue.Of(false));
        if (TakeWord("null")) return new Constant("null", DataValue.Null);
        if (Words.Contains(token.Text, StringComparer.OrdinalIgnoreCase))
        {
            throw Wrong($"a value is expected, and the word {token} is there", $"A field of that name is written `{token.Text}`, in backquotes.");
        }

        string name = TakeAny();
        return token.Is("(") ? ReadCall(start, name) : ReadPath(start, name);
    }

    private FieldValue ReadPath(int start, string first)
    {
        List<DataPathStep> steps = [DataPathStep.Field(first)];
        while (token.Is(".") || token.Is("["))
        {
            steps.Add(Take(".") ? ReadField() : ReadItem());
            if (steps.Count > DataPath.StepsMax) throw Wrong($"a path has at most {DataPath.StepsMax} steps", "Take the value apart in several transforms.");
        }

        return new FieldValue(TextFrom(start), new DataPath([.. steps]));
    }

    private DataPathStep ReadField() => token.Kind is TokenKind.Name or TokenKind.QuotedName
        ? DataPathStep.Field(TakeAny())
        : throw Wrong($"the name of a field is expected behind '.', and {token} is there", "Odd names go into backquotes: a.`odd name`.");

    private DataPathStep ReadItem()
    {
        Expect("[");
        DataPathStep step = token.Kind switch
        {
            TokenKind.Text or TokenKind.QuotedName => DataPathStep.Field(token.Text),
            TokenKind.Number when int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) => DataPathStep.Item(index),
            _ => throw Wrong($"behind '[' comes the number of an item, from 0, or a name in quotes, and {token} is there", Help),
        };
        Advance();
        Expect("]");
        return step;
    }

    private Expression ReadCall(int start, string name)
    {
        if (string.Equals(name, "now", StringComparison.OrdinalIgnoreCase))
        {
            throw new ExpressionException(
                "there is no function now", start + 1, "A record that is processed again after a restart would come out differently. timestamp() is the record's own time.");
        }

        Function function = Functions.Find(name) ?? throw Unknown(name, start);
        var arguments = new List<Expression>();
        Expect("(");
        if (!token.Is(")"))
        {
            do
            {
                int at = token.Start;
                Expression argument = ReadChoice();
                if (arguments.Count < function.Max) Check(argument, function.Parameter(arguments.Count), at, $"{function.Name} takes {function.Parameter(arguments.Count).Describe()}");
                arguments.Add(argument);
            }
            while (Take(","));
        }

        Expect(")");
        if (arguments.Count < function.Min || arguments.Count > function.Max)
        {
            throw new ExpressionException($"{function.Name} has {arguments.Count} arguments, and {Count(function)}", start + 1, $"It is called {function.Signature}: {function.Meaning}.");
        }

        if (function.Name == "header" && arguments[0] is not Constant) throw new ExpressionException("the name of a header is a text in quotes", start + 1, "It is written header('name').");
        string call = TextFrom(start);
        return Fold(function.Make is { } make ? make(call, [.. arguments]) : new FunctionCall(call, function, [.. arguments]), start);
    }

    private static string Count(Function function) => function.Max == int.MaxValue
        ? $"takes {function.Min} or more"
        : function.Min == function.Max ? $"takes {function.Min}" : $"takes {function.Min} to {function.Max}";

    private static ExpressionException Unknown(string name, int start)
    {
        string? near = NearestName.To(name, Functions.All.Select(function => function.Name));
        return new ExpressionException(
            $"there is no function {name}",
            start + 1,
            near is null ? $"There are: {string.Join(", ", Functions.All.Select(function => function.Name))}." : $"Did you mean {near}?");
    }
}
