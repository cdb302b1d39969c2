using System.Globalization;
using System.Text;

namespace StreamEngine.Diagnostics;

/// <summary>How wide text is on a terminal, where a character of East Asian scripts takes two columns.</summary>
internal static class TextWidth
{
    /// <summary>The blocks of scripts whose characters are wide, each from its first character to its last.</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0x4DBF), (0x4E00, 0xA4CF), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF01, 0xFF60),
        (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>Space as wide as a text, so that what follows stands where it would behind the text. Tabs stay tabs, however wide they are.</summary>
    public static string Blank(ReadOnlySpan<char> text)
    {
        var blank = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == '\t') blank.Append('\t');
            else blank.Append(' ', ColumnsOf(rune));
        }

        return blank.ToString();
    }

    private static int ColumnsOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => Array.Exists(Wide, block => rune.Value >= block.First && rune.Value <= block.Last) ? 2 : 1,
    };
}
