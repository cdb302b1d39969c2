using System.Text.RegularExpressions;

namespace StreamEngine.Transforms.Expressions;

/// <summary>Reads what compares.</summary>
internal sealed partial class Parser
{
    private Expression ReadComparison()
    {
        int start = token.Start;
        Expression left = ReadSum();
        while (token.Kind is TokenKind.Symbol or TokenKind.Name)
        {
            if (token.Kind == TokenKind.Symbol && OperatorOf(token.Text) is { } how)
            {
                Advance();
                left = MakeCompare(how, left, start, ReadSum());
            }
            else if (TakeWord("is"))
            {
                bool negated = TakeWord("not");
                if (!TakeWord("null")) throw Wrong($"behind 'is' comes 'null' or 'not null', and {token} is there", "Values are compared with '='.");
                left = Negated(negated, start, new IsNull(TextFrom(start), left));
            }
            else if (token.IsWord("not") || token.IsWord("in") || token.IsWord("like") || token.IsWord("matches") || token.IsWord("between"))
            {
                bool negated = TakeWord("not");
                left = Negated(negated, start, ReadTest(left, start));
            }
            else
            {
                break;
            }
        }

        return left;
    }

    private Expression ReadTest(Expression left, int start)
    {
        if (TakeWord("in")) return ReadIn(left, start);
        if (TakeWord("between")) return ReadBetween(left, start);
        if (TakeWord("like"))
        {
            Check(left, ValueKinds.Text, start, "'like' takes a text");
            string wanted = Pattern("like");
            return new Like(TextFrom(start), left, wanted);
        }

        if (!TakeWord("matches")) throw Wrong($"behind 'not' comes 'in', 'like', 'matches' or 'between', and {token} is there", Help);
        Check(left, ValueKinds.Text, start, "'matches' takes a text");
        int at = token.Start;
        string pattern = Pattern("matches");
        try
        {
            return new Matches(TextFrom(start), left, new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            (string what, string remedy) = Patterns.Describe(e);
            throw new ExpressionException($"'{pattern}' is no regular expression{what}", at + 1, remedy);
        }
    }

    private In ReadIn(Expression left, int start)
    {
        var items = new List<Expression>();
        Expect("(");
        do
        {
            int at = token.Start;
            Expression item = ReadChoice();
            CheckComparable(left, item, ordered: false, "in", at);
            items.Add(item);
        }
        while (Take(","));
        Expect(")");
        return new In(TextFrom(start), left, [.. items]);
    }

    private Expression ReadBetween(Expression left, int start)
    {
        Expression low = ReadSum();
        if (!TakeWord("and")) throw Wrong($"'and' is expected behind 'between {low.Text}', and {token} is there", "It is written: x between 1 and 10; both ends belong to it.");
        Expression high = ReadSum();
        return new Logic(
            TextFrom(start),
            isAnd: true,
            MakeCompare(CompareOperator.GreaterOrEqual, left, start, low),
            MakeCompare(CompareOperator.LessOrEqual, left, start, high));
    }

    private string Pattern(string word) => token.Kind == TokenKind.Text
        ? TakeAny()
        : throw Wrong($"behind '{word}' comes a pattern in quotes, and {token} is there", Help);

    private static Expression Negated(bool negated, int start, Expression test) => Fold(negated ? new Not(test.Text, test) : test, start);

    private Expression MakeCompare(CompareOperator how, Expression left, int start, Expression right)
    {
        CheckComparable(left, right, how is not (CompareOperator.Equal or CompareOperator.NotEqual), TextFrom(start), start);
        return Fold(new Compare(TextFrom(start), how, left, right), start);
    }

    private static void CheckComparable(Expression left, Expression right, bool ordered, string where, int start)
    {
        if (Comparison.CanCompare(left.Kinds, right.Kinds, ordered)) return;
        string how = ordered && left.Kinds == right.Kinds ? "have no order" : "can't be compared";
        throw new ExpressionException(
            $"{where}: {left.Text} is {left.Kinds.Describe()}, {right.Text} is {right.Kinds.Describe()}, and they {how}", start + 1, "number(...), text(...), date(...) and timestamp(...) make other kinds of them.");
    }

    private static CompareOperator? OperatorOf(string symbol) => symbol switch
    {
        "=" or "==" => CompareOperator.Equal,
        "!=" or "<>" => CompareOperator.NotEqual,
        "<" => CompareOperator.Less,
        "<=" => CompareOperator.LessOrEqual,
        ">" => CompareOperator.Greater,
        ">=" => CompareOperator.GreaterOrEqual,
        _ => null,
    };
}
