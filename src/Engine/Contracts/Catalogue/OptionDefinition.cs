namespace StreamEngine.Contracts.Catalogue;

/// <summary>What an option holds.</summary>
public enum OptionType
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>; <c>yes</c>, <c>on</c>, <c>no</c> and <c>off</c> too.</summary>
    Flag,

    /// <summary>A duration with its unit: <c>100ms</c>, <c>30s</c>, <c>7d</c>.</summary>
    Duration,

    /// <summary>A size in bytes with its unit: <c>16MB</c>, <c>1GiB</c>.</summary>
    Size,

    /// <summary>A point in time, in ISO 8601: <c>2024-05-01T10:00:00Z</c>.</summary>
    Time,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>The path of a field of a record: <c>customer.address.city</c>, <c>lines[0].sku</c>.</summary>
    Field,

    /// <summary>An expression over the fields of a record.</summary>
    Expression,

    /// <summary>Any value: a text, a number, a flag, null, a list or an object.</summary>
    Value,

    /// <summary>Options of its own.</summary>
    Object,

    /// <summary>Names chosen by the user, each with an item.</summary>
    Map,

    /// <summary>Items in order. One item alone may stand for a list of one.</summary>
    List,
}

/// <summary>How likely it is that a user has to know of an option.</summary>
public enum Importance
{
    /// <summary>Hardly ever.</summary>
    Low,

    /// <summary>Now and then.</summary>
    Medium,

    /// <summary>Always.</summary>
    High,
}

/// <summary>
/// An option of a connector or a transform, or a setting of the engine: the one definition that validation, help, documentation and forms are made of.
/// </summary>
/// <param name="Name">Its name, with dots where it lies deeper: <c>value.format</c>.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Meaning">What it means, in a sentence or two.</param>
public sealed record OptionDefinition(string Name, OptionType Type, string Meaning)
{
    /// <summary>The default as it would be written in HOCON; null when there is none.</summary>
    public string? Default { get; init; }

    /// <summary>Whether it must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The least that is allowed, of a number, of milliseconds or of bytes; null for no limit.</summary>
    public double? Min { get; init; }

    /// <summary>The most that is allowed, of a number, of milliseconds or of bytes; null for no limit.</summary>
    public double? Max { get; init; }

    /// <summary>The words there are to choose from; empty for no choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>How likely it is that a user has to know of it.</summary>
    public Importance Importance { get; init; } = Importance.Medium;

    /// <summary>Whether what it holds is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What to use instead, when it should not be used any more; null when it may.</summary>
    public string? Deprecated { get; init; }

    /// <summary>The options of an object.</summary>
    public IReadOnlyList<OptionDefinition> Options { get; init; } = [];

    /// <summary>What each item of a list or of a map is.</summary>
    public OptionDefinition? Item { get; init; }
}
