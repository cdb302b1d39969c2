namespace StreamEngine.Settings.Hocon;

/// <summary>A value as it was read: merging and substitution are still to come.</summary>
internal abstract class HoconNode
{
    /// <summary>Where it is written.</summary>
    public abstract SourcePlace Place { get; }

    /// <summary>Whether nothing below it can be seen, whatever its substitutions turn out to be: neither an object nor a substitution.</summary>
    public virtual bool HidesAll => false;
}

/// <summary>A value that is final as it stands.</summary>
internal sealed class ScalarNode(HoconScalar value) : HoconNode
{
    /// <summary>The value.</summary>
    public HoconScalar Value { get; } = value;

    /// <inheritdoc/>
    public override SourcePlace Place => Value.Place;

    /// <inheritdoc/>
    public override bool HidesAll => true;
}

/// <summary>The white space between two values of a concatenation: part of a text, nothing between lists and objects.</summary>
internal sealed class SpaceNode(string text, SourcePlace place) : HoconNode
{
    /// <summary>The white space.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override SourcePlace Place { get; } = place;
}

/// <summary>A list.</summary>
internal sealed class ArrayNode(List<HoconNode> items, SourcePlace place) : HoconNode
{
    /// <summary>Its items; the parser alone adds to them.</summary>
    public List<HoconNode> Items { get; } = items;

    /// <inheritdoc/>
    public override SourcePlace Place { get; } = place;

    /// <inheritdoc/>
    public override bool HidesAll => true;
}

/// <summary><c>${path}</c>, <c>${?path}</c> or <c>${path[]}</c>.</summary>
/// <param name="path">The path from the root of the whole document.</param>
/// <param name="included">How many elements at the path's beginning stand for the place of the include; without them it is tried next.</param>
/// <param name="place">Where it is written.</param>
internal sealed class SubstitutionNode(string[] path, int included, SourcePlace place) : HoconNode
{
    /// <summary>The path from the root of the whole document.</summary>
    public string[] Path { get; } = path;

    /// <summary>How many elements at the path's beginning stand for the place of the include.</summary>
    public int Included { get; } = included;

    /// <summary>Whether nothing comes of it when there is no such value; a problem otherwise.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether the environment is asked for a list: <c>NAME_0</c>, <c>NAME_1</c> and so on.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether it names the very field it is the value of.</summary>
    public bool IsSelf { get; init; }

    /// <summary>Whether it isn't written, but stands for what <c>+=</c> appends to.</summary>
    public bool IsAppended { get; init; }

    /// <inheritdoc/>
    public override SourcePlace Place { get; } = place;

    /// <summary>As it is written, but for quotes around what needs none.</summary>
    public override string ToString() => $"${{{(IsOptional ? "?" : "")}{HoconPath.Render(Path.AsSpan(Included))}{(IsList ? "[]" : "")}}}";
}

/// <summary>Values beside each other, at least one of which is a substitution.</summary>
internal sealed class ConcatenationNode(List<HoconNode> pieces) : HoconNode
{
    /// <summary>The values and the white space between them.</summary>
    public List<HoconNode> Pieces { get; } = pieces;

    /// <summary>Whether one of them is written as an object, so that all of them have to be objects, merged as if they came one after the other.</summary>
    public bool HasObject { get; } = pieces.Exists(piece => piece is ObjectNode);

    /// <inheritdoc/>
    public override SourcePlace Place => Pieces[0].Place;
}
