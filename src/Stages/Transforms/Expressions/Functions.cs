using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>The functions that expressions may call.</summary>
internal static class Functions
{
    private const ValueKinds Castable = ValueKinds.Boolean | ValueKinds.Number | ValueKinds.Text | ValueKinds.Temporal;

    private static readonly Casting Integers = new("integer");
    private static readonly Casting Numbers = new("number");
    private static readonly Casting Decimals = new("decimal");
    private static readonly Casting Doubles = new("double");
    private static readonly Casting Texts = new("text");
    private static readonly Casting Booleans = new("boolean");
    private static readonly Casting LocalTimes = new("local-time");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Function> All { get; } =
    [
        .. OfTexts(),
        .. OfNumbers(),
        .. OfAny(),
        .. Casts(),
        .. OfTimes(),
        .. OfRecords(),
    ];

    /// <summary>The function of a name; null when there is none.</summary>
    public static Function? Find(string name) => All.FirstOrDefault(function => string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase));

    private static Function[] OfTexts() =>
    [
        new("lower(text)", "the text in small letters", ValueKinds.Text, ValueKinds.Text) { Call = (a, _, _) => DataValue.Of(a.AsText().ToLowerInvariant()) },
        new("upper(text)", "the text in capital letters", ValueKinds.Text, ValueKinds.Text) { Call = (a, _, _) => DataValue.Of(a.AsText().ToUpperInvariant()) },
        new("trim(text)", "the text without white space at both ends", ValueKinds.Text, ValueKinds.Text) { Call = (a, _, _) => DataValue.Of(a.AsText().Trim()) },
        new("length(x)", "how many characters a text has, items a list, or bytes", ValueKinds.Number, ValueKinds.Text | ValueKinds.List | ValueKinds.Bytes) { Call = (a, _, _) => Length(a) },
        new("substring(text, from [, length])", "a part of the text, whose first character is 1", ValueKinds.Text, ValueKinds.Text, ValueKinds.Number, ValueKinds.Number) { Min = 2, Call = Substring },
        new("replace(text, old, new)", "the text with each old one in it replaced", ValueKinds.Text, ValueKinds.Text, ValueKinds.Text, ValueKinds.Text) { Call = Replace },
        new("contains(text, part)", "whether the text has the part in it", ValueKinds.Boolean, ValueKinds.Text, ValueKinds.Text) { Call = (a, b, _) => DataValue.Of(a.AsText().Contains(b.AsText(), StringComparison.Ordinal)) },
        new("starts_with(text, part)", "whether the text begins with the part", ValueKinds.Boolean, ValueKinds.Text, ValueKinds.Text) { Call = (a, b, _) => DataValue.Of(a.AsText().StartsWith(b.AsText(), StringComparison.Ordinal)) },
        new("ends_with(text, part)", "whether the text ends with the part", ValueKinds.Boolean, ValueKinds.Text, ValueKinds.Text) { Call = (a, b, _) => DataValue.Of(a.AsText().EndsWith(b.AsText(), StringComparison.Ordinal)) },
        new("concat(x, ...)", "the values as one text; null is passed over", ValueKinds.Text, ValueKinds.Any) { Max = int.MaxValue, Make = (text, arguments) => new Concat(text, arguments) },
    ];

    private static Function[] OfNumbers() =>
    [
        new("abs(number)", "the number without its sign", ValueKinds.Number, ValueKinds.Number) { Call = (a, _, _) => a.AsDouble() < 0 ? Opposite(a) : a },
        new("round(number [, digits])", "the nearest number of so many digits behind the point, halves away from zero", ValueKinds.Number, ValueKinds.Number, ValueKinds.Number) { Min = 1, Call = Round },
        new("floor(number)", "the next whole number below", ValueKinds.Number, ValueKinds.Number) { Call = (a, _, _) => Whole(a, decimal.Floor, Math.Floor) },
        new("ceil(number)", "the next whole number above", ValueKinds.Number, ValueKinds.Number) { Call = (a, _, _) => Whole(a, decimal.Ceiling, Math.Ceiling) },
    ];

    private static Function[] OfAny() =>
    [
        new("min(x, ...)", "the least value; null is passed over", ValueKinds.Any, ValueKinds.Any) { Max = int.MaxValue, Make = (text, arguments) => new Extreme(text, isMax: false, arguments) },
        new("max(x, ...)", "the greatest value; null is passed over", ValueKinds.Any, ValueKinds.Any) { Max = int.MaxValue, Make = (text, arguments) => new Extreme(text, isMax: true, arguments) },
        new("coalesce(x, ...)", "the first value that isn't null", ValueKinds.Any, ValueKinds.Any) { Max = int.MaxValue, Make = (text, arguments) => new Coalesce(text, arguments) },
        new("if(condition, x, y)", "x where the condition holds, else y; also written condition ? x : y", ValueKinds.Any, ValueKinds.Boolean, ValueKinds.Any, ValueKinds.Any) { Make = (text, arguments) => new Choice(text, arguments[0], arguments[1], arguments[2]) },
    ];

    private static Function[] Casts() =>
    [
        new("number(x)", "the number that a text says", ValueKinds.Number, ValueKinds.Number | ValueKinds.Text) { Call = (a, _, _) => Numbers.Cast(a) },
        new("int(x)", "a whole number, of one without a fraction or of a text; of a timestamp its milliseconds since 1970", ValueKinds.Number, ValueKinds.Number | ValueKinds.Text | ValueKinds.Instant) { Call = (a, _, _) => Integers.Cast(a) },
        new("decimal(x)", "an exact number", ValueKinds.Number, ValueKinds.Number | ValueKinds.Text) { Call = (a, _, _) => Decimals.Cast(a) },
        new("double(x)", "a floating-point number", ValueKinds.Number, ValueKinds.Number | ValueKinds.Text) { Call = (a, _, _) => Doubles.Cast(a) },
        new("text(x)", "the value as text; lists and objects as JSON", ValueKinds.Text, ValueKinds.Any) { Call = (a, _, _) => Texts.Cast(a) },
        new("bool(x)", "a flag, of true, false, 1, 0, 'true' or 'false'", ValueKinds.Boolean, Castable) { Call = (a, _, _) => Booleans.Cast(a) },
        new("date(x [, format])", "a day, of a text or a timestamp (in UTC)", ValueKinds.Date, ValueKinds.Text | ValueKinds.Temporal, ValueKinds.Text) { Min = 1, Call = (a, b, _) => new Casting("date", Format(b)).Cast(a) },
    ];

    private static Function[] OfTimes() =>
    [
        .. Part("year", time => time.Year),
        .. Part("month", time => time.Month),
        .. Part("day", time => time.Day),
        .. Part("hour", time => time.Hour),
        .. Part("minute", time => time.Minute),
        .. Part("second", time => time.Second),
        new("format_date(x, format)", "a day or a time as text, in .NET's letters: 'yyyy-MM'", ValueKinds.Text, ValueKinds.Temporal, ValueKinds.Text) { Call = (a, b, _) => DataValue.Of(TemporalText.Format(a, b.AsText())) },
    ];

    private static Function[] OfRecords() =>
    [
        new("key()", "the record's key", ValueKinds.Any) { Make = (text, _) => new RecordPart(text, RecordPartKind.Key) },
        new("timestamp([x [, format]])", "the record's event time; with x, a timestamp of a text, a day, or milliseconds since 1970 (or 's', 'us', 'ns' for the format)", ValueKinds.Instant, ValueKinds.Text | ValueKinds.Number | ValueKinds.Temporal, ValueKinds.Text) { Min = 0, Make = Timestamp },
        new("partition()", "the partition that the record was read from", ValueKinds.Number) { Make = (text, _) => new RecordPart(text, RecordPartKind.Partition) },
        new("offset()", "the record's offset there, or the line", ValueKinds.Number) { Make = (text, _) => new RecordPart(text, RecordPartKind.Offset) },
        new("header(name)", "the text of a header", ValueKinds.Text, ValueKinds.Text) { Make = (text, arguments) => new RecordPart(text, RecordPartKind.Header, ((Constant)arguments[0]).Value.AsText()) },
    ];

    private static Function[] Part(string name, Func<DateTime, int> part) =>
    [
        new($"{name}(x)", $"the {name} of a day, a time or a timestamp (in UTC)", ValueKinds.Number, ValueKinds.Temporal | ValueKinds.Text) { Call = (a, _, _) => DataValue.Of((long)part(LocalTimes.Cast(a).AsLocalTime())) },
    ];

    private static Expression Timestamp(string text, Expression[] arguments)
    {
        if (arguments.Length == 0) return new RecordPart(text, RecordPartKind.Timestamp);
        Function cast = Find("timestamp")! with { Make = null, Call = (a, b, _) => new Casting("timestamp", Format(b)).Cast(a) };
        return new FunctionCall(text, cast, arguments);
    }

    private static string? Format(DataValue format) => format.IsNull ? null : format.AsText();

    private static DataValue Length(DataValue a) => DataValue.Of((long)(a.Kind switch
    {
        DataKind.Text => a.AsText().Length,
        DataKind.Bytes => a.AsBytes().Length,
        _ => a.AsList().Length,
    }));

    private static DataValue Substring(DataValue text, DataValue from, DataValue length)
    {
        string whole = text.AsText();
        long first = DataConversion.ToInteger(from, 1);
        long count = length.IsNull ? whole.Length : DataConversion.ToInteger(length, 0);
        if (first > whole.Length) return DataValue.Of("");
        int at = (int)first - 1, taken = (int)Math.Min(count, whole.Length - at);

        // A character of two code units is never cut: half of it is no text.
        if (at > 0 && taken > 0 && char.IsSurrogatePair(whole[at - 1], whole[at])) (at, taken) = (at + 1, taken - 1);
        if (taken > 0 && at + taken < whole.Length && char.IsSurrogatePair(whole[at + taken - 1], whole[at + taken])) taken--;
        return DataValue.Of(whole.Substring(at, taken));
    }

    private static DataValue Replace(DataValue text, DataValue old, DataValue other) => old.AsText().Length == 0
        ? text
        : DataValue.Of(text.AsText().Replace(old.AsText(), other.AsText(), StringComparison.Ordinal));

    private static DataValue Opposite(DataValue a) => Arithmetic.Calculate('-', DataValue.Of(0), a);

    private static DataValue Round(DataValue a, DataValue digits, DataValue unused)
    {
        int count = digits.IsNull ? 0 : (int)DataConversion.ToInteger(digits, 0, 15);
        return Whole(a, number => decimal.Round(number, count, MidpointRounding.AwayFromZero), number => Math.Round(number, count, MidpointRounding.AwayFromZero));
    }

    private static DataValue Whole(DataValue a, Func<decimal, decimal> exact, Func<double, double> inexact) => a.Kind switch
    {
        DataKind.Decimal => DataValue.Of(exact(a.AsDecimal())),
        DataKind.Double => DataValue.Of(inexact(a.AsDouble())),
        _ => a,
    };
}
