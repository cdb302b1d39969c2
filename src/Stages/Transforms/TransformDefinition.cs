using StreamEngine.Contracts.Catalogue;

namespace StreamEngine.Transforms;

/// <summary>A transform that pipelines without code are composed of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does.</param>
public sealed record TransformDefinition(string Name, string Summary) : ComponentDefinition(Name, Summary)
{
    /// <inheritdoc/>
    public override string Kind => "transform";

    /// <summary>Makes the transform. Throws <see cref="OptionException"/> where an option is wrong.</summary>
    public required Func<IOptions, Transform> Create { get; init; }
}
