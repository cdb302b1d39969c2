using System.Globalization;

namespace StreamEngine.Records.Data;

/// <summary>
/// A value of a record whose fields are known only when it runs: what pipelines without code work on. Immutable; numbers and dates hold no reference.
/// </summary>
public readonly struct DataValue : IEquatable<DataValue>
{
    private readonly object? reference;
    private readonly long bits;
    private readonly byte scale;

    private DataValue(DataKind kind, long bits, object? reference, byte scale = 0)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
        this.scale = scale;
    }

    /// <summary>Null, which is also what a value is by default.</summary>
    public static DataValue Null => default;

    /// <summary>What it is.</summary>
    public DataKind Kind { get; }

    /// <summary>Whether it is null.</summary>
    public bool IsNull => Kind == DataKind.Null;

    /// <summary>Whether it is a number of any kind.</summary>
    public bool IsNumber => Kind is DataKind.Integer or DataKind.Double or DataKind.Decimal;

    /// <summary>A flag.</summary>
    public static DataValue Of(bool value) => new(DataKind.Boolean, value ? 1 : 0, null);

    /// <summary>A whole number.</summary>
    public static DataValue Of(long value) => new(DataKind.Integer, value, null);

    /// <summary>A floating-point number.</summary>
    public static DataValue Of(double value) => new(DataKind.Double, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>A decimal number; the zeros behind its last digit are kept.</summary>
    public static DataValue Of(decimal value)
    {
        // Nearly all decimals have digits that fit a long, and needn't be boxed then.
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        if (parts[2] != 0 || parts[1] < 0) return new DataValue(DataKind.Decimal, 0, value);
        long digits = ((long)parts[1] << 32) | (uint)parts[0];
        return new DataValue(DataKind.Decimal, parts[3] < 0 ? -digits : digits, null, (byte)(parts[3] >> 16));
    }

    /// <summary>A text; null makes null.</summary>
    public static DataValue Of(string? value) => value is null ? default : new(DataKind.Text, 0, value);

    /// <summary>Bytes, which must not change any more; null makes null.</summary>
    public static DataValue Of(byte[]? value) => value is null ? default : new(DataKind.Bytes, 0, value);

    /// <summary>A day.</summary>
    public static DataValue Of(DateOnly value) => new(DataKind.Date, value.DayNumber, null);

    /// <summary>A point in time; its offset is not kept.</summary>
    public static DataValue Of(DateTimeOffset value) => new(DataKind.Instant, value.UtcTicks, null);

    /// <summary>A day and a time; a point in time if it is one of UTC, else by some place's clocks.</summary>
    public static DataValue Of(DateTime value) => value.Kind == DateTimeKind.Utc
        ? new(DataKind.Instant, value.Ticks, null)
        : new(DataKind.LocalTime, value.Ticks, null);

    /// <summary>Values in order, which must not change any more.</summary>
    public static DataValue Of(DataValue[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new(DataKind.List, 0, items);
    }

    /// <summary>An object; null makes null.</summary>
    public static DataValue Of(DataObject? value) => value is null ? default : new(DataKind.Object, 0, value);

    /// <summary>The flag.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public bool AsBoolean() => Kind == DataKind.Boolean ? bits != 0 : throw No(DataKind.Boolean);

    /// <summary>The whole number.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public long AsInteger() => Kind == DataKind.Integer ? bits : throw No(DataKind.Integer);

    /// <summary>The number, whatever kind it is of; digits beyond those of a double are lost.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public double AsDouble() => Kind switch
    {
        DataKind.Double => BitConverter.Int64BitsToDouble(bits),
        DataKind.Integer => bits,
        DataKind.Decimal => (double)ToDecimal(),
        _ => throw No(DataKind.Double),
    };

    /// <summary>The number, as long as it is no floating-point one.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public decimal AsDecimal() => Kind switch
    {
        DataKind.Decimal => ToDecimal(),
        DataKind.Integer => bits,
        _ => throw No(DataKind.Decimal),
    };

    /// <summary>The text.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public string AsText() => Kind == DataKind.Text ? (string)reference! : throw No(DataKind.Text);

    /// <summary>The bytes.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public ReadOnlyMemory<byte> AsBytes() => Kind == DataKind.Bytes ? (byte[])reference! : throw No(DataKind.Bytes);

    /// <summary>The day.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public DateOnly AsDate() => Kind == DataKind.Date ? DateOnly.FromDayNumber((int)bits) : throw No(DataKind.Date);

    /// <summary>The day and time, without a zone.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public DateTime AsLocalTime() => Kind == DataKind.LocalTime ? new DateTime(bits, DateTimeKind.Unspecified) : throw No(DataKind.LocalTime);

    /// <summary>The point in time, in UTC.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public DateTimeOffset AsInstant() => Kind == DataKind.Instant ? new DateTimeOffset(bits, TimeSpan.Zero) : throw No(DataKind.Instant);

    /// <summary>The values of a list.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public ReadOnlySpan<DataValue> AsList() => Kind == DataKind.List ? (DataValue[])reference! : throw No(DataKind.List);

    /// <summary>The object.</summary>
    /// <exception cref="InvalidCastException">It is none.</exception>
    public DataObject AsObject() => Kind == DataKind.Object ? (DataObject)reference! : throw No(DataKind.Object);

    /// <summary>
    /// Whether both are the same value of the same kind: <c>1</c> and <c>1.0</c> are not, for keys and states, which are found again by their bytes. Expressions
    /// compare by value.
    /// </summary>
    public bool Equals(DataValue other)
    {
        if (Kind != other.Kind) return false;
        if (Kind == DataKind.Decimal) return ToDecimal() == other.ToDecimal();
        if (bits != other.bits) return false;
        return Kind switch
        {
            DataKind.Bytes => ((byte[])reference!).AsSpan().SequenceEqual((byte[])other.reference!),
            DataKind.List => ((DataValue[])reference!).AsSpan().SequenceEqual((DataValue[])other.reference!),
            DataKind.Text or DataKind.Object => reference!.Equals(other.reference),
            _ => true,
        };
    }

    /// <summary>
    /// Whether it is written the same as well, so that there is nothing to change: <c>1.5</c> and <c>1.50</c> are equal, and are not. Lists and objects are only
    /// if they are the same ones.
    /// </summary>
    public bool IsSame(DataValue other) => Kind switch
    {
        DataKind.List or DataKind.Object => Kind == other.Kind && ReferenceEquals(reference, other.reference),
        DataKind.Decimal => Equals(other) && ToDecimal().Scale == other.ToDecimal().Scale,
        _ => Equals(other),
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DataValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Kind);
        if (Kind != DataKind.Decimal) hash.Add(bits);
        switch (Kind)
        {
            case DataKind.Decimal:
                hash.Add(ToDecimal());
                break;
            case DataKind.Bytes:
                hash.AddBytes((byte[])reference!);
                break;
            case DataKind.List:
                foreach (DataValue item in (DataValue[])reference!) hash.Add(item);
                break;
            case DataKind.Text or DataKind.Object:
                hash.Add(reference);
                break;
        }

        return hash.ToHashCode();
    }

    /// <summary>The value for people; texts without quotes.</summary>
    public override string ToString() => Kind switch
    {
        DataKind.Null => "null",
        DataKind.Boolean => bits != 0 ? "true" : "false",
        DataKind.Integer => bits.ToString(CultureInfo.InvariantCulture),
        DataKind.Double => AsDouble().ToString("R", CultureInfo.InvariantCulture),
        DataKind.Decimal => ToDecimal().ToString(CultureInfo.InvariantCulture),
        DataKind.Bytes => Convert.ToBase64String((byte[])reference!),
        DataKind.Date => AsDate().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DataKind.LocalTime => AsLocalTime().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DataKind.Instant => AsInstant().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture),
        DataKind.List => $"[{string.Join(", ", (DataValue[])reference!)}]",
        _ => Convert.ToString(reference, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Whether both are the same value of the same kind.</summary>
    public static bool operator ==(DataValue left, DataValue right) => left.Equals(right);

    /// <summary>Whether they aren't the same value of the same kind.</summary>
    public static bool operator !=(DataValue left, DataValue right) => !left.Equals(right);

    private decimal ToDecimal()
    {
        if (reference is not null) return (decimal)reference;
        ulong digits = bits < 0 ? (ulong)-bits : (ulong)bits;
        return new decimal((int)digits, (int)(digits >> 32), 0, bits < 0, scale);
    }

    private InvalidCastException No(DataKind wanted) => new($"{Kind} is no {wanted}");
}
