namespace StreamEngine.Settings.Hocon;

/// <summary>
/// One assignment of a field, over the earlier ones that may still matter: those that an object is merged with, or that a substitution looks back
/// at. Most fields have one.
/// </summary>
/// <param name="Value">What is assigned.</param>
/// <param name="Below">The earlier assignment; null when there is none, or when it can't be seen.</param>
/// <param name="KeyPlace">Where the field's name is written.</param>
/// <param name="Comment">The comment above it; that of an earlier assignment when it has none.</param>
/// <param name="IsClosed">Whether an object is merged with nothing below it, because something else lay between.</param>
internal sealed record Layer(HoconNode Value, Layer? Below, SourcePlace KeyPlace, string Comment, bool IsClosed)
{
    /// <summary>How many assignments are below it.</summary>
    public int Height { get; } = Below is null ? 0 : Below.Height + 1;

    /// <summary>Whether its value names the field itself, so that what is below is needed for it.</summary>
    public bool ReadsBelow => Below is not null && Value switch
    {
        SubstitutionNode substitution => substitution.IsSelf,
        ConcatenationNode concatenation => concatenation.Pieces.Exists(piece => piece is SubstitutionNode { IsSelf: true }),
        _ => false,
    };

    /// <summary>Layers are told apart by what they are, not by what they hold.</summary>
    public bool Equals(Layer? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
