using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>A value that is the same for all records.</summary>
internal sealed class Constant : Expression
{
    private readonly DataValue value;

    public Constant(string text, DataValue value)
        : base(text, ValueKindsText.Of(value.Kind))
    {
        this.value = value;
        IsConstant = true;
    }

    /// <summary>The value.</summary>
    public DataValue Value => value;

    public override DataValue Evaluate(Row row) => value;
}
