using StreamEngine.Records.Data;

namespace StreamEngine.Contracts.Catalogue;

/// <summary>
/// What a pipeline written without code can be composed of, as it documents itself: help, validation, documentation and forms are made of this one
/// definition.
/// </summary>
/// <param name="Name">Its name: letters, digits and <c>-</c>; unique among components of its kind.</param>
/// <param name="Summary">What it does, in one sentence.</param>
public abstract record ComponentDefinition(string Name, string Summary)
{
    /// <summary>What it is: <c>source</c>, <c>sink</c> or <c>transform</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>What else there is to know, in paragraphs; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Its options.</summary>
    public required IReadOnlyList<OptionDefinition> Options { get; init; }

    /// <summary>A block of HOCON that shows it in use.</summary>
    public required string Example { get; init; }
}

/// <summary>A connector that pipelines without code read from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does.</param>
public sealed record SourceConnector(string Name, string Summary) : ComponentDefinition(Name, Summary)
{
    /// <inheritdoc/>
    public override string Kind => "source";

    /// <summary>
    /// Makes a source: a <see cref="SourceDefinition{TKey, TValue}"/> of <see cref="DataObject"/> values, whose keys are
    /// <see cref="DataObject"/> too, or <see cref="Records.NoKey"/>. Opens nothing; throws <see cref="OptionException"/>.
    /// </summary>
    public required Func<IOptions, SourceDefinition> Create { get; init; }
}

/// <summary>A connector that pipelines without code write to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does.</param>
public sealed record SinkConnector(string Name, string Summary) : ComponentDefinition(Name, Summary)
{
    /// <inheritdoc/>
    public override string Kind => "sink";

    /// <summary>Makes a sink. Opens nothing; throws <see cref="OptionException"/>.</summary>
    public required Func<IOptions, ValueSinkDefinition<DataObject>> Create { get; init; }
}
