using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;

namespace StreamEngine.Transforms;

/// <summary>A transform of a pipeline without code, with its options: adds a stage to a stream. Immutable; made by <see cref="TransformDefinition.Create"/>.</summary>
public abstract class Transform
{
    private protected Transform(string kind, IOptions options, string label)
    {
        Kind = kind;
        (string file, int line) = options.Place;
        Label = new SourceLabel($"{kind}({label})", file, line);
    }

    /// <summary>The transform's name in the catalogue, which is the kind of its stage.</summary>
    public string Kind { get; }

    /// <summary>What it does, and where it is written.</summary>
    public SourceLabel Label { get; }

    /// <summary>Whether it keeps something for each key, so that records must be together by key before it.</summary>
    public virtual bool NeedsKeys => false;

    /// <summary>Adds its stage behind a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <returns>The stream that leaves the stage.</returns>
    /// <exception cref="OptionException">It can't be used on such a stream, or the name is taken.</exception>
    public abstract DataStream Apply(DataStream stream, string? name = null);
}
