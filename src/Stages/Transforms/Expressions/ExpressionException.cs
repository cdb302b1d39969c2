using StreamEngine.Diagnostics;

namespace StreamEngine.Transforms.Expressions;

/// <summary>A text is no expression, or one that can never make sense.</summary>
/// <param name="what">What is wrong.</param>
/// <param name="position">Where, in characters from 1.</param>
/// <param name="remedy">What to do.</param>
internal sealed class ExpressionException(string what, int position, string remedy)
    : EngineException(ErrorDomain.User, $"{what} (at character {position})", remedy)
{
    /// <summary>Where, in characters from 1.</summary>
    public int Position { get; } = position;
}
