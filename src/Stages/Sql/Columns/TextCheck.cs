namespace StreamEngine.Sql.Columns;

/// <summary>Whether a text is one that UTF-8 can carry.</summary>
internal static class TextCheck
{
    /// <summary>Whether every surrogate has its other half.</summary>
    public static bool IsUnicode(ReadOnlySpan<char> text)
    {
        for (int at; (at = text.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0; text = text[(at + 2)..])
        {
            if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1])) return false;
        }

        return true;
    }

    /// <summary>What is said of a text that isn't.</summary>
    public const string Problem = "the text has half of a surrogate pair, which is no character";
}
