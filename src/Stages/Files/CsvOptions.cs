using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>How a CSV file is written. Numbers and dates are always those of the invariant culture.</summary>
public sealed record CsvOptions
{
    /// <summary>A header, commas, double quotes.</summary>
    public static CsvOptions Default { get; } = new();

    /// <summary>Whether the first record names the columns; without it they are taken in the order of the type's members.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>What separates fields; an ASCII character.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>What encloses a field that has delimiters or line breaks in it, and is doubled inside; an ASCII character.</summary>
    public char Quote { get; init; } = '"';

    /// <summary>The longest record that is read, in bytes. A longer one is a bad record, and is passed over without being held in memory.</summary>
    public int RecordBytesMax { get; init; } = 1 << 20;

    /// <summary>Checks that the options can be meant together.</summary>
    /// <exception cref="EngineException">They can't.</exception>
    internal CsvOptions Checked(string path)
    {
        if (!IsPlain(Delimiter) || !IsPlain(Quote) || Delimiter == Quote)
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{path}: delimiter {Shown(Delimiter)} and quote {Shown(Quote)} can't be used together",
                "Give two different ASCII characters that are no line breaks.");
        }

        return RecordBytesMax is >= 256 and <= 1 << 28
            ? this
            : throw new EngineException(
                ErrorDomain.User, $"{path}: a longest record of {RecordBytesMax} bytes is not supported", $"Give {nameof(RecordBytesMax)} between 256 bytes and 256 MB.");
    }

    private static string Shown(char c) => c is > ' ' and < '\x7F' ? $"'{c}'" : $"U+{(int)c:X4}";

    private static bool IsPlain(char c) => char.IsAscii(c) && c is not ('\r' or '\n' or '\0');
}
