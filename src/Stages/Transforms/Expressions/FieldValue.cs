using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>The value at a path of the record; null where there is none.</summary>
internal sealed class FieldValue(string text, DataPath path) : Expression(text, ValueKinds.Any)
{
    public override DataValue Evaluate(Row row) => path.Get(row.Value);
}
