using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>
/// How values compare. Numbers by what they are worth, whatever kind they are of (as doubles where one is a double); texts character by character; days and
/// times with each other, with a day as its midnight, and with texts in ISO 8601; flags, bytes, lists and objects are equal or not. Null equals null alone.
/// Nothing else can be compared.
/// </summary>
internal static class Comparison
{
    /// <summary>Whether two values are equal; null when they can't be compared.</summary>
    public static bool? Equal(in DataValue left, in DataValue right)
    {
        if (left.IsNull || right.IsNull) return left.IsNull && right.IsNull;
        if (left.Kind == right.Kind && left.Kind is DataKind.Text or DataKind.Boolean or DataKind.Bytes or DataKind.List or DataKind.Object) return left == right;
        return Compare(left, right) is { } order ? order == 0 : null;
    }

    /// <summary>The order of two values, negative when the left one comes first; null when they have none.</summary>
    public static int? Compare(in DataValue left, in DataValue right) => (left.Kind, right.Kind) switch
    {
        (DataKind.Integer, DataKind.Integer) => left.AsInteger().CompareTo(right.AsInteger()),
        _ when left.IsNumber && right.IsNumber => CompareNumbers(left, right),
        (DataKind.Text, DataKind.Text) => string.CompareOrdinal(left.AsText(), right.AsText()),
        (DataKind.Date, DataKind.Date) => left.AsDate().CompareTo(right.AsDate()),
        (DataKind.Instant, DataKind.Instant) => left.AsInstant().CompareTo(right.AsInstant()),
        (DataKind.LocalTime, DataKind.LocalTime) => left.AsLocalTime().CompareTo(right.AsLocalTime()),
        (DataKind.LocalTime, DataKind.Date) => left.AsLocalTime().CompareTo(Midnight(right)),
        (DataKind.Date, DataKind.LocalTime) => Midnight(left).CompareTo(right.AsLocalTime()),
        (DataKind.Text, DataKind.Date or DataKind.LocalTime or DataKind.Instant) => -CompareWithText(right, left.AsText()),
        (DataKind.Date or DataKind.LocalTime or DataKind.Instant, DataKind.Text) => CompareWithText(left, right.AsText()),
        _ => null,
    };

    /// <summary>Whether values of such kinds can be compared at all.</summary>
    /// <param name="left">The kinds of one.</param>
    /// <param name="right">The kinds of the other.</param>
    /// <param name="ordered">Whether by their order, rather than whether they are equal.</param>
    public static bool CanCompare(ValueKinds left, ValueKinds right, bool ordered)
    {
        const ValueKinds Times = ValueKinds.Date | ValueKinds.LocalTime;
        if (left == ValueKinds.Null || right == ValueKinds.Null) return true;
        ValueKinds both = left & right & ~ValueKinds.Null;
        if ((both & (ValueKinds.Number | ValueKinds.Text | ValueKinds.Temporal)) != 0 || (!ordered && both != 0)) return true;
        return ((left & Times) != 0 && (right & Times) != 0)
            || ((left & ValueKinds.Temporal) != 0 && (right & ValueKinds.Text) != 0)
            || ((left & ValueKinds.Text) != 0 && (right & ValueKinds.Temporal) != 0);
    }

    private static int CompareNumbers(in DataValue left, in DataValue right) => left.Kind == DataKind.Double || right.Kind == DataKind.Double
        ? left.AsDouble().CompareTo(right.AsDouble())
        : left.AsDecimal().CompareTo(right.AsDecimal());

    private static int? CompareWithText(in DataValue time, string text) => time.Kind switch
    {
        DataKind.Instant => TemporalText.TryInstant(text, null, out DateTimeOffset instant) ? time.AsInstant().CompareTo(instant) : null,
        DataKind.LocalTime => TemporalText.TryLocalTime(text, null, out DateTime local) ? time.AsLocalTime().CompareTo(local) : null,
        _ when TemporalText.TryDate(text, null, out DateOnly date) => time.AsDate().CompareTo(date),
        _ => TemporalText.TryLocalTime(text, null, out DateTime local) ? Midnight(time).CompareTo(local) : null,
    };

    private static DateTime Midnight(in DataValue date) => date.AsDate().ToDateTime(TimeOnly.MinValue);
}
