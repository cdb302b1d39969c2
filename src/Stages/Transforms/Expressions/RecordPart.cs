using System.Text;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>What a record has besides its value.</summary>
internal enum RecordPartKind
{
    Key,
    Timestamp,
    Partition,
    Offset,
    Header,
}

/// <summary>Something that a record has besides its value.</summary>
internal sealed class RecordPart : Expression
{
    private readonly RecordPartKind kind;
    private readonly string header;

    public RecordPart(string text, RecordPartKind kind, string header = "")
        : base(text, KindsOf(kind))
    {
        this.kind = kind;
        this.header = header;
        UsesRecord = true;
        UsesKey = kind == RecordPartKind.Key;
    }

    public override DataValue Evaluate(Row row) => kind switch
    {
        RecordPartKind.Key => row.Key is { } key ? key.ToValue() : DataValue.Null,
        RecordPartKind.Timestamp => TemporalText.FromUnix(row.Timestamp, "ms"),
        RecordPartKind.Partition => DataValue.Of((long)row.Origin.Partition),
        RecordPartKind.Offset => DataValue.Of(row.Origin.Offset),
        _ => Header(row.Headers),
    };

    private static ValueKinds KindsOf(RecordPartKind kind) => kind switch
    {
        RecordPartKind.Key => ValueKinds.Any,
        RecordPartKind.Timestamp => ValueKinds.Instant,
        RecordPartKind.Header => ValueKinds.Text | ValueKinds.Null,
        _ => ValueKinds.Number,
    };

    private DataValue Header(RecordHeaders headers) =>
        !headers.IsEmpty && headers.Last(header) is { } bytes ? DataValue.Of(Encoding.UTF8.GetString(bytes.Span)) : DataValue.Null;
}
