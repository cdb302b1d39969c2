namespace StreamEngine.Records.Data;

/// <summary>What a value of a record without a type of its own is.</summary>
public enum DataKind : byte
{
    /// <summary>Null.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A floating-point number of 64 bits.</summary>
    Double,

    /// <summary>A decimal number of up to 28 digits, exact.</summary>
    Decimal,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A day.</summary>
    Date,

    /// <summary>A day and a time by the clocks of some place, without its zone.</summary>
    LocalTime,

    /// <summary>A point in time.</summary>
    Instant,

    /// <summary>Values in order.</summary>
    List,

    /// <summary>Fields by names.</summary>
    Object,
}
