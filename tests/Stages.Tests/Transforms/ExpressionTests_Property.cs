using System.Globalization;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>Random expressions against an evaluator of their trees that knows nothing of the language, and random texts.</summary>
public sealed class ExpressionTests_Property
{
    private static readonly DataObject Record = TransformRun.Parse("""{"a":3,"b":-7,"c":2.50,"d":0,"s":"x","t":"yx","f":true}""")!;

    private static readonly Gen<Number> Numbers = Deeper<Number>(
        Gen.OneOf<Number>(
            Gen.Select(Gen.Int[-20, 20], Gen.Int[0, 2], (digits, scale) => (Number)new Literal(new decimal(digits) / (scale == 0 ? 1 : 10))),
            Gen.Int[0, 3].Select(n => (Number)new Field("abcd"[n].ToString()))),
        inner => Gen.Select(Gen.Int[0, 3], inner, inner, (how, left, right) => (Number)new Operation("+-*%"[how], left, right)));

    private static readonly Gen<Condition> Conditions = Deeper<Condition>(
        Gen.Frequency<Condition>(
            (1, Gen.Bool.Select(value => (Condition)new Flag(value))),
            (4, Gen.Select(Gen.Int[0, 5], Numbers, Numbers, (how, left, right) => (Condition)new Comparing(how, left, right)))),
        inner => Gen.Frequency<Condition>(
            (3, Gen.Select(Gen.Bool, inner, inner, (isAnd, left, right) => (Condition)new Joined(isAnd, left, right))),
            (1, inner.Select(one => (Condition)new Negated(one)))));

    private abstract record Number
    {
        public abstract decimal? Value();
    }

    private sealed record Literal(decimal Given) : Number
    {
        public override decimal? Value() => Given;

        public override string ToString() => Given.ToString(CultureInfo.InvariantCulture);
    }

    private sealed record Field(string Name) : Number
    {
        public override decimal? Value() => Name switch
        {
            "a" => 3,
            "b" => -7,
            "c" => 2.5m,
            _ => 0,
        };

        public override string ToString() => Name;
    }

    /// <summary>Null where it divides by zero.</summary>
    private sealed record Operation(char How, Number Left, Number Right) : Number
    {
        public override decimal? Value() => (How, Left.Value(), Right.Value()) switch
        {
            (_, null, _) or (_, _, null) => null,
            ('+', { } a, { } b) => a + b,
            ('-', { } a, { } b) => a - b,
            ('*', { } a, { } b) => a * b,
            (_, _, 0) => null,
            (_, { } a, { } b) => a % b,
        };

        public override string ToString() => $"({Left} {How} {Right})";
    }

    private abstract record Condition
    {
        public abstract bool? Holds();
    }

    private sealed record Flag(bool Value) : Condition
    {
        public override bool? Holds() => Value;

        public override string ToString() => Value ? "true" : "FALSE";
    }

    private sealed record Comparing(int How, Number Left, Number Right) : Condition
    {
        private static readonly string[] Signs = ["=", "!=", "<", "<=", ">", ">="];

        public override bool? Holds()
        {
            if (Left.Value() is not { } a || Right.Value() is not { } b) return null;
            return How switch
            {
                0 => a == b,
                1 => a != b,
                2 => a < b,
                3 => a <= b,
                4 => a > b,
                _ => a >= b,
            };
        }

        public override string ToString() => $"{Left}{Signs[How]}{Right}";
    }

    private sealed record Joined(bool IsAnd, Condition Left, Condition Right) : Condition
    {
        public override bool? Holds() => Left.Holds() is not { } left ? null : left == IsAnd ? Right.Holds() : left;

        public override string ToString() => IsAnd ? $"({Left} and {Right})" : $"({Left} || {Right})";
    }

    private sealed record Negated(Condition Inner) : Condition
    {
        public override bool? Holds() => !Inner.Holds();

        public override string ToString() => $"not ({Inner})";
    }

    [Fact]
    public void Conditions_hold_where_their_trees_do() => Conditions.Sample(
        condition =>
        {
            string text = condition.ToString();
            bool? expected = condition.Holds();
            bool? found;
            try
            {
                found = Expression.Parse(text).Test(new Row { Value = Record });
            }
            catch (Exception e) when (e is DataException or ExpressionException)
            {
                Assert.Contains("division by zero", e.Message, StringComparison.Ordinal);
                found = null;
            }

            // What is constant is worked out when it is read, where it may fail though the tree never gets there.
            if (expected is not null && found is null) Assert.True(HasConstantDivision(condition), text);
            else Assert.Equal(expected, found);
        },
        iter: PropertyRuns.Of(5000));

    [Fact]
    public void Numbers_come_out_as_their_trees_do() => Numbers.Sample(
        number =>
        {
            if (number.Value() is not { } expected) return;
            DataValue found = Expression.Parse(number.ToString()).Evaluate(new Row { Value = Record });
            Assert.Equal(expected, found.AsDecimal());
        },
        iter: PropertyRuns.Of(5000));

    [Fact]
    public void Whatever_is_read_is_an_expression_or_refused_as_none() => Gen.Select(Conditions, Gen.Int, Gen.Int, Gen.Int[0, 20]).Sample(
        (condition, at, length, which) =>
        {
            string text = condition.ToString();
            int from = (int)((uint)at % text.Length);
            string odd = which < 15 ? "()'\"`[].,%?:!-&"[which].ToString() : " in like null lower( 1e9 ".Split(' ')[which - 15];
            text = text[..from] + odd + text[(from + (int)((uint)length % (text.Length - from)))..];
            if (Xunit.Record.Exception(() => Expression.Parse(text)) is { } error) Assert.IsType<ExpressionException>(error);
        },
        iter: PropertyRuns.Of(5000));

    private static bool HasConstantDivision(Condition condition) => condition.ToString().Contains('%', StringComparison.Ordinal);

    private static Gen<T> Deeper<T>(Gen<T> leaves, Func<Gen<T>, Gen<T>> branch)
    {
        Gen<T> made = leaves;
        for (int depth = 0; depth < 3; depth++) made = Gen.Frequency((2, leaves), (3, branch(made)));
        return made;
    }
}
