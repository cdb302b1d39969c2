namespace StreamEngine.Settings.Hocon;

/// <summary>How a document is written.</summary>
internal sealed record HoconRendering
{
    /// <summary>The values and nothing else.</summary>
    public static HoconRendering Plain { get; } = new();

    /// <summary>Whether the comments above fields are written.</summary>
    public bool HasComments { get; init; }

    /// <summary>Whether the place of each value is written behind it, as a comment.</summary>
    public bool HasOrigins { get; init; }

    /// <summary>Whether the value at a path is a secret, so that <see cref="Secret.Mask"/> is written for it.</summary>
    public Func<IReadOnlyList<string>, bool>? IsSecret { get; init; }
}
