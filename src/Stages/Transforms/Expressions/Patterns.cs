namespace StreamEngine.Transforms.Expressions;

/// <summary>What is said of patterns that are no regular expressions, or none whose time has a bound.</summary>
internal static class Patterns
{
    /// <summary>What is wrong, as the end of a sentence, and what to do.</summary>
    /// <param name="refused">What the pattern was refused with.</param>
    public static (string What, string Remedy) Describe(Exception refused) => refused is NotSupportedException
        ? (" that is searched for in bounded time", "Look-arounds, back references and atomic groups can't be used; several conditions with and, or, not do as much.")
        : ($": {refused.Message.TrimEnd('.')}", "Mend it; a character that means something is itself behind a backslash: \\( or \\.");
}
