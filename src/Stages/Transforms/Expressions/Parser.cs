using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>
/// Reads expressions, from the weakest binding to the strongest: <c>?:</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons, <c>+ -</c>, <c>* / %</c>, a sign,
/// values. What can be known to make no sense is refused here, and what is the same for all records is worked out here.
/// </summary>
internal sealed partial class Parser
{
    private const int LengthMax = 8192;
    private const int DepthMax = 64;
    private const string Help = "`streamengine connectors describe filter` has the language of expressions.";

    private static readonly string[] Words = ["and", "or", "not", "in", "is", "like", "matches", "between", "true", "false", "null"];
    private static readonly Row NoRow = new();

    private readonly string text;
    private readonly Lexer lexer;
    private Token token;
    private int lastEnd;
    private int depth;

    public Parser(string text)
    {
        if (text.Length > LengthMax) throw new ExpressionException($"the expression has {text.Length} characters, and {LengthMax} may be", 1, "Make it shorter, or use several transforms.");
        this.text = text;
        lexer = new Lexer(text);
        token = lexer.Next();
    }

    /// <summary>Reads all of it.</summary>
    public Expression Read()
    {
        if (token.Kind == TokenKind.End) throw Wrong("the expression is empty", Help);
        Expression read = ReadChoice();
        return token.Kind == TokenKind.End ? read : throw Wrong($"{token} is not expected here", Help);
    }

    private Expression ReadChoice()
    {
        if (++depth > DepthMax) throw Wrong($"the expression is nested deeper than {DepthMax} levels", "Use several transforms.");
        int start = token.Start;
        Expression read = ReadOr();
        if (Take("?"))
        {
            CheckCondition(read, start);
            Expression yes = ReadChoice();
            Expect(":");
            Expression no = ReadChoice();
            read = Fold(new Choice(TextFrom(start), read, yes, no), start);
        }

        depth--;
        return read;
    }

    private Expression ReadOr()
    {
        int start = token.Start;
        Expression left = ReadAnd();
        while (TakeWord("or") || Take("||")) left = Join(isAnd: false, left, start, ReadAnd);
        return left;
    }

    private Expression ReadAnd()
    {
        int start = token.Start;
        Expression left = ReadNot();
        while (TakeWord("and") || Take("&&")) left = Join(isAnd: true, left, start, ReadNot);
        return left;
    }

    private Expression Join(bool isAnd, Expression left, int start, Func<Expression> readRight)
    {
        CheckCondition(left, start);
        int rightStart = token.Start;
        Expression right = readRight();
        CheckCondition(right, rightStart);
        return Fold(new Logic(TextFrom(start), isAnd, left, right), start);
    }

    private Expression ReadNot()
    {
        int start = token.Start;
        int count = 0;
        while (TakeWord("not") || Take("!")) count++;
        int inner = token.Start;
        Expression read = ReadComparison();
        if (count > 0) CheckCondition(read, inner);
        return count == 0 ? read : Fold(count % 2 == 0 ? new Not(TextFrom(start), new Not(TextFrom(inner), read)) : new Not(TextFrom(start), read), start);
    }

    private Expression ReadSum()
    {
        int start = token.Start;
        Expression left = ReadProduct();
        while (token.Is("+") || token.Is("-"))
        {
            char how = TakeAny()[0];
            left = Calculate(how, left, start, ReadProduct());
        }

        return left;
    }

    private Expression ReadProduct()
    {
        int start = token.Start;
        Expression left = ReadSigned();
        while (token.Is("*") || token.Is("/") || token.Is("%"))
        {
            char how = TakeAny()[0];
            left = Calculate(how, left, start, ReadSigned());
        }

        return left;
    }

    private Expression ReadSigned()
    {
        int start = token.Start;
        if (!Take("-")) return ReadValue();
        if (token.Kind == TokenKind.Number && token.Start == lastEnd)
        {
            Token number = Advance();
            return new Constant(TextFrom(start), ReadNumber("-" + number.Text, start));
        }

        if (++depth > DepthMax) throw Wrong($"the expression is nested deeper than {DepthMax} levels", "Use several transforms.");
        Expression value = ReadSigned();
        depth--;
        Check(value, ValueKinds.Number, start, "'-' takes a number");
        return Fold(new Negation(TextFrom(start), value), start);
    }

    private Expression Calculate(char how, Expression left, int start, Expression right)
    {
        ValueKinds allowed = how == '+' ? ValueKinds.Number | ValueKinds.Text : ValueKinds.Number;
        string takes = how == '+' ? "'+' takes two numbers, or two texts" : $"'{how}' takes numbers";
        Check(left, allowed, start, takes);
        Check(right, allowed, start, takes);
        ValueKinds both = left.Kinds & right.Kinds & allowed;
        if (both == 0 && !IsNullAlone(left) && !IsNullAlone(right))
        {
            throw new ExpressionException(
                $"{takes}, and {TextFrom(start)} has {left.Kinds.Describe()} and {right.Kinds.Describe()}", start + 1, "number(...) makes a number of a text, concat(...) joins texts with anything.");
        }

        return Fold(new Arithmetic(TextFrom(start), how, left, right, both | ValueKinds.Null), start);
    }

    private static bool IsNullAlone(Expression expression) => expression.Kinds == ValueKinds.Null;

    private static DataValue ReadNumber(string number, int start)
    {
        try
        {
            return DataJson.Read(number);
        }
        catch (DataException e)
        {
            throw new ExpressionException($"{number} is no number: {e.Message}", start + 1, "Numbers are written as in JSON: 12, 1.50, 1e6.");
        }
    }

    private static void CheckCondition(Expression expression, int start) => Check(expression, ValueKinds.Boolean, start, "a condition is needed here");

    private static void Check(Expression expression, ValueKinds allowed, int start, string what)
    {
        if (expression.Kinds.MayBe(allowed)) return;
        throw new ExpressionException($"{what}, and {expression.Text} is {expression.Kinds.Describe()}", start + 1, Help);
    }

    /// <summary>Works out what is the same for all records.</summary>
    private static Expression Fold(Expression made, int start)
    {
        if (!made.IsConstant) return made;
        try
        {
            return new Constant(made.Text, made.Evaluate(NoRow));
        }
        catch (DataException e)
        {
            throw new ExpressionException(e.Message, start + 1, "It is the same for every record, and makes sense for none.");
        }
    }

    private string TextFrom(int start) => text[start..lastEnd];

    private Token Advance()
    {
        Token taken = token;
        lastEnd = taken.End;
        token = lexer.Next();
        return taken;
    }

    private string TakeAny() => Advance().Text;

    private bool Take(string symbol)
    {
        if (!token.Is(symbol)) return false;
        Advance();
        return true;
    }

    private bool TakeWord(string word)
    {
        if (!token.IsWord(word)) return false;
        Advance();
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol)) throw Wrong($"'{symbol}' is expected, and {token} is there", Help);
    }

    private ExpressionException Wrong(string what, string remedy) => new(what, token.Start + 1, remedy);
}
