using System.Text.RegularExpressions;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>Whether a text is like a pattern: <c>%</c> stands for any characters, <c>_</c> for one, and <c>\</c> takes the meaning from either.</summary>
internal sealed class Like(string text, Expression value, string pattern) : Expression(text, ValueKinds.Boolean, value)
{
    public override DataValue Evaluate(Row row) => DataValue.Of(Test(row));

    public override bool Test(Row row) => TextOf(this, value, row) is { } subject && Fits(subject, pattern);

    /// <summary>The text to be matched; null where the value is.</summary>
    public static string? TextOf(Expression whole, Expression value, Row row)
    {
        DataValue found = value.Evaluate(row);
        if (found.IsNull) return null;
        return found.Kind == DataKind.Text ? found.AsText() : throw new DataException($"{whole.Text}: {value.Describe(found)}, and no text");
    }

    /// <summary>Goes back to the last <c>%</c> alone when something doesn't fit, so that it takes no more than the product of both lengths.</summary>
    private static bool Fits(string subject, string pattern)
    {
        int s = 0, p = 0, retryPattern = -1, retrySubject = 0;
        while (s < subject.Length)
        {
            if (p < pattern.Length && pattern[p] == '%')
            {
                retryPattern = ++p;
                retrySubject = s;
            }
            else if (p < pattern.Length && FitsOne(subject[s], pattern, p))
            {
                p += pattern[p] == '\\' && p + 1 < pattern.Length ? 2 : 1;
                s++;
            }
            else if (retryPattern >= 0)
            {
                p = retryPattern;
                s = ++retrySubject;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '%') p++;
        return p == pattern.Length;
    }

    private static bool FitsOne(char c, string pattern, int p) => pattern[p] switch
    {
        '_' => true,
        '\\' when p + 1 < pattern.Length => pattern[p + 1] == c,
        _ => pattern[p] == c,
    };
}

/// <summary>Whether a regular expression is found in a text. It never goes back over the text, so its time grows with the text's length alone.</summary>
internal sealed class Matches(string text, Expression value, Regex regex) : Expression(text, ValueKinds.Boolean, value)
{
    public override DataValue Evaluate(Row row) => DataValue.Of(Test(row));

    public override bool Test(Row row) => Like.TextOf(this, value, row) is { } subject && regex.IsMatch(subject);
}
