using System.Text;

namespace StreamEngine.Transforms.Expressions;

/// <summary>Takes the text of an expression apart.</summary>
/// <param name="text">The text.</param>
internal sealed class Lexer(string text)
{
    private static readonly string[] Symbols = ["==", "!=", "<>", "<=", ">=", "&&", "||", "=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "?", ":"];

    private int at;

    /// <summary>The next token.</summary>
    /// <exception cref="ExpressionException">There is none.</exception>
    public Token Next()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        if (at == text.Length) return new Token(TokenKind.End, "", at, at);
        char c = text[at];
        if (char.IsAsciiDigit(c)) return Number();
        if (c is '\'' or '"') return Quoted(TokenKind.Text, c);
        if (c == '`') return Quoted(TokenKind.QuotedName, c);
        if (IsNameStart(c)) return Name();
        foreach (string symbol in Symbols)
        {
            if (!text.AsSpan(at).StartsWith(symbol)) continue;
            at += symbol.Length;
            return new Token(TokenKind.Symbol, symbol, at - symbol.Length, at);
        }

        throw new ExpressionException($"'{c}' can't be in an expression", at + 1, "Odd names of fields go into backquotes, texts into quotes.");
    }

    private static bool IsNameStart(char c) => char.IsLetter(c) || c is '_' or '$' or '@' || char.IsSurrogate(c);

    private Token Name()
    {
        int start = at;
        while (at < text.Length && (IsNameStart(text[at]) || char.IsDigit(text[at]))) at++;
        return new Token(TokenKind.Name, text[start..at], start, at);
    }

    private Token Number()
    {
        int start = at;
        SkipDigits();
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            SkipDigits();
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '+' or '-') at++;
            SkipDigits();
        }

        return new Token(TokenKind.Number, text[start..at], start, at);
    }

    private void SkipDigits()
    {
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
    }

    /// <summary>A quote within is written twice; a backslash is a character like others, since patterns have their own.</summary>
    private Token Quoted(TokenKind kind, char quote)
    {
        int start = at++;
        var content = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] != quote)
            {
                content.Append(text[at]);
                continue;
            }

            at++;
            if (at == text.Length || text[at] != quote) return new Token(kind, content.ToString(), start, at);
            content.Append(quote);
        }

        throw new ExpressionException($"the {(quote == '`' ? "name" : "text")} isn't closed", start + 1, $"Close it with {quote}; a {quote} inside is written twice.");
    }
}
