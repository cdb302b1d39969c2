using System.Buffers;

namespace StreamEngine.Files;

/// <summary>
/// Finds the ends of CSV records (RFC 4180: line breaks and doubled quotes inside quotes). Where the quoting is broken, the line at which the record
/// begins is malformed by itself, so one stray quote never swallows the lines behind it.
/// </summary>
internal sealed class CsvSplitter(char delimiter, char quote)
{
    private readonly byte delimiter = (byte)delimiter;
    private readonly byte quote = (byte)quote;
    private readonly SearchValues<byte> special = SearchValues.Create([(byte)quote, (byte)'\r', (byte)'\n']);

    /// <inheritdoc cref="RecordFormat.Split"/>
    public RecordKind Split(ReadOnlySpan<byte> data, bool isLast, out RecordExtent extent, out string? cause)
    {
        cause = null;
        int lines = 1;
        for (int at = 0; ;)
        {
            int found = data[at..].IndexOfAny(special);
            if (found < 0)
            {
                extent = new RecordExtent(data.Length, data.Length, lines);
                return isLast && data.Length > 0 ? RecordKind.Record : RecordKind.Partial;
            }

            at += found;
            if (data[at] != quote)
            {
                int length = LineSplitter.BreakLength(data[at..], isLast);
                extent = new RecordExtent(at + length, at, lines);
                return length == 0 ? RecordKind.Partial : at == 0 ? RecordKind.Blank : RecordKind.Record;
            }

            if (at > 0 && data[at - 1] != delimiter) return Malformed(data, isLast, "a quote inside a field that doesn't begin with one", out extent, out cause);
            int behind = SkipQuoted(data, at + 1, isLast, ref lines);
            if (behind < 0)
            {
                extent = default;
                return isLast ? Malformed(data, isLast, "a quote that is never closed", out extent, out cause) : RecordKind.Partial;
            }

            at = behind;
            if (at < data.Length && data[at] != delimiter && data[at] != '\r' && data[at] != '\n')
            {
                return Malformed(data, isLast, "text behind a closing quote", out extent, out cause);
            }
        }
    }

    private static RecordKind Malformed(ReadOnlySpan<byte> data, bool isLast, string what, out RecordExtent extent, out string? cause)
    {
        cause = what;
        return LineSplitter.TryFirst(data, isLast, out extent) ? RecordKind.Malformed : RecordKind.Partial;
    }

    /// <summary>The place behind the closing quote; -1 when it isn't there.</summary>
    private int SkipQuoted(ReadOnlySpan<byte> data, int at, bool isLast, ref int lines)
    {
        while (true)
        {
            int found = data[at..].IndexOfAny(special);
            if (found < 0) return -1;
            at += found;
            if (data[at] != quote)
            {
                int length = LineSplitter.BreakLength(data[at..], isLast);
                if (length == 0) return -1;
                lines++;
                at += length;
                continue;
            }

            if (at + 1 == data.Length) return isLast ? at + 1 : -1;
            if (data[at + 1] != quote) return at + 1;
            at += 2;
        }
    }
}
