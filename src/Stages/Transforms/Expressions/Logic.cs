using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>Both conditions hold, or one of both; the right one is looked at only where the left one doesn't decide.</summary>
internal sealed class Logic(string text, bool isAnd, Expression left, Expression right) : Expression(text, ValueKinds.Boolean, left, right)
{
    public override DataValue Evaluate(Row row) => DataValue.Of(Test(row));

    public override bool Test(Row row) => isAnd ? left.Test(row) && right.Test(row) : left.Test(row) || right.Test(row);
}

/// <summary>A condition doesn't hold.</summary>
internal sealed class Not(string text, Expression condition) : Expression(text, ValueKinds.Boolean, condition)
{
    public override DataValue Evaluate(Row row) => DataValue.Of(Test(row));

    public override bool Test(Row row) => !condition.Test(row);
}

/// <summary>One of two values, by a condition.</summary>
internal sealed class Choice(string text, Expression condition, Expression yes, Expression no)
    : Expression(text, yes.Kinds | no.Kinds, condition, yes, no)
{
    public override DataValue Evaluate(Row row) => condition.Test(row) ? yes.Evaluate(row) : no.Evaluate(row);
}
