namespace StreamEngine.Transforms.Expressions;

/// <summary>What a token of an expression is.</summary>
internal enum TokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text in quotes.</summary>
    Text,

    /// <summary>A name, or a word of the language.</summary>
    Name,

    /// <summary>A name in backquotes, which is no word of the language.</summary>
    QuotedName,

    /// <summary>A sign.</summary>
    Symbol,
}

/// <summary>A token of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What it says: without its quotes.</param>
/// <param name="Start">Where it begins, from 0.</param>
/// <param name="End">Where it is over.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End)
{
    /// <summary>Whether it is a sign.</summary>
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>Whether it is a word, in whatever letters.</summary>
    public bool IsWord(string word) => Kind == TokenKind.Name && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The token for errors.</summary>
    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}
