using StreamEngine.Diagnostics;

namespace StreamEngine.Contracts.Catalogue;

/// <summary>An option that is wrong in a way its definition alone doesn't tell. Thrown by the maker of a connector or transform; the host adds the place.</summary>
/// <param name="option">The option's name, as in its definition; empty for the block as a whole.</param>
/// <param name="what">What is wrong, in one line.</param>
/// <param name="remedy">What to do.</param>
/// <param name="inner">The error it came from.</param>
public sealed class OptionException(string option, string what, string remedy, Exception? inner = null)
    : EngineException(ErrorDomain.User, what, remedy, inner)
{
    /// <summary>The option's name.</summary>
    public string Option { get; } = option;

    /// <summary>Whether it is no option that is wrong, but that the stream's records have no key.</summary>
    public bool NeedsKey { get; init; }

    /// <summary>The text that can't be read, an expression say, as it was given; null when the option as a whole is wrong.</summary>
    public string? Text { get; init; }

    /// <summary>Where in that text, in characters from 1; 0 for all of it.</summary>
    public int Position { get; init; }
}
