using System.Text.Unicode;
using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>A record of a run.</summary>
/// <param name="Start">Where it begins in the window.</param>
/// <param name="Line">The line it begins in.</param>
/// <param name="Extent">How long it is.</param>
internal readonly record struct ScannedRecord(int Start, long Line, RecordExtent Extent)
{
    /// <summary>The place in the window behind it.</summary>
    public int End => Start + Extent.Length;
}

/// <summary>A line that is no record.</summary>
/// <param name="Line">Its number.</param>
/// <param name="Raw">Its first bytes.</param>
/// <param name="Cause">What is wrong with it.</param>
internal sealed record MalformedLine(long Line, byte[] Raw, string Cause);

/// <summary>
/// Splits the content of a file into runs of records that stand in one window, and the malformed lines between them. It keeps no more in memory than the
/// longest record that is allowed needs.
/// </summary>
internal sealed class RecordScanner(string name, RecordFormat format, FileContent content)
{
    /// <summary>The most bytes of a record that can't be read that are kept.</summary>
    public const int RawKeptMax = 64 * 1024;

    private const int RunMax = 1024;

    private readonly ScannedRecord[] run = new ScannedRecord[RunMax];
    private byte[]? tooLong;
    private int runCount;

    /// <summary>The records found last; they stand in the content's window until <see cref="Pass"/>.</summary>
    public ReadOnlySpan<ScannedRecord> Run => run.AsSpan(0, runCount);

    /// <summary>How many bytes of the window the run takes.</summary>
    public int RunBytes { get; private set; }

    /// <summary>The line behind what was passed.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Whether everything has been passed, and no more can come.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>Where the next record begins in the content.</summary>
    public long Offset => content.Offset;

    private long RunLines { get; set; }

    /// <summary>Goes to a place at which reading stopped before.</summary>
    /// <param name="from">The place, at or behind where the scanner is.</param>
    /// <exception cref="EngineException">The content is not that long any more, or a line that had ended there goes on.</exception>
    public void SkipTo(FilePosition from)
    {
        if (content.IsAtEndOf(from))
        {
            content.SkipTo(from.Byte);
            IsEnd = true;
        }
        else if (from.Byte > content.Offset)
        {
            if (!content.SkipTo(from.Byte - 1) || (content.Window.Length < 3 && content.Fill() + content.Window.Length == 0))
            {
                if (content.Failure is { } failure) throw Broken(failure);
                throw FileErrors.Changed(name, $"ends before byte {from.Byte}, up to which it was read");
            }

            PassBreak(from);
        }

        Line = Math.Max(Line, from.Line);
    }

    /// <summary>Takes the first record.</summary>
    /// <param name="endsHere">Whether a line that has no end yet is taken as it is.</param>
    /// <returns>Null when it isn't there yet.</returns>
    public byte[]? TakeHeader(bool endsHere)
    {
        while (true)
        {
            (RecordKind kind, RecordExtent extent, string? cause) = Find(0, endsHere);
            if (kind == RecordKind.Partial) return null;
            if (kind != RecordKind.Blank && (cause is not null || !Utf8.IsValid(content.Window[..extent.ContentLength])))
            {
                throw new EngineException(
                    ErrorDomain.User, $"{name}:{Line}: the header can't be read: {cause ?? "it is no UTF-8 text"}", "Mend the file's first line, or say that there is no header.");
            }

            byte[] header = content.Window[..extent.ContentLength].ToArray();
            content.Consume(extent.Length);
            Line += extent.Lines;
            if (kind != RecordKind.Blank) return header;
        }
    }

    /// <summary>Finds the next run, or the next malformed line.</summary>
    /// <param name="endsHere">Whether a line that has no end yet is taken as it is.</param>
    /// <param name="malformed">A malformed line, which is passed already.</param>
    /// <returns>Whether there was anything. If not, and not <see cref="IsEnd"/>, more may come.</returns>
    /// <exception cref="EngineException">The content is damaged.</exception>
    public bool Scan(bool endsHere, out MalformedLine? malformed)
    {
        malformed = null;
        runCount = RunBytes = 0;
        RunLines = 0;
        while (runCount < RunMax)
        {
            (RecordKind kind, RecordExtent extent, string? cause) = Find(RunBytes, endsHere);
            switch (kind)
            {
                case RecordKind.Partial:
                    return runCount > 0;
                case RecordKind.Malformed when runCount > 0:
                    return true;
                case RecordKind.Malformed:
                    malformed = new MalformedLine(Line, tooLong ?? content.Window[..Math.Min(extent.ContentLength, RawKeptMax)].ToArray(), cause!);
                    tooLong = null;
                    break;
                case RecordKind.Record:
                    run[runCount++] = new ScannedRecord(RunBytes, Line + RunLines, extent);
                    break;
            }

            RunBytes += extent.Length;
            RunLines += extent.Lines;
            if (runCount > 0) continue;
            Pass();
            if (malformed is not null) return true;
        }

        return true;
    }

    /// <summary>Leaves the run behind.</summary>
    public void Pass()
    {
        content.Consume(RunBytes);
        Line += RunLines;
        runCount = RunBytes = 0;
        RunLines = 0;
    }

    /// <summary>Finds what begins at a place in the window, reading more where it has to and nothing of the run is in the way.</summary>
    private (RecordKind Kind, RecordExtent Extent, string? Cause) Find(int at, bool endsHere)
    {
        for (bool isLast = false; ;)
        {
            RecordExtent extent;
            if (tooLong is null)
            {
                RecordKind kind = format.Split(content.Window[at..], isLast, out extent, out string? cause);
                if (extent.ContentLength > format.RecordBytesMax && kind == RecordKind.Record) return (RecordKind.Malformed, FirstLine(at), TooLong);
                if (kind != RecordKind.Partial) return (kind, extent, cause);
                if (content.Window.Length - at > format.RecordBytesMax)
                {
                    if (at > 0) return (RecordKind.Partial, default, null);
                    if (LineSplitter.TryFirst(content.Window, isLast: false, out extent)) return (RecordKind.Malformed, extent, $"{TooLong}; is a quote not closed?");
                    tooLong = content.Window[..Math.Min(content.Window.Length, RawKeptMax)].ToArray();
                }
            }

            if (tooLong is not null)
            {
                if (LineSplitter.TryFirst(content.Window, isLast, out extent)) return (RecordKind.Malformed, extent, TooLong);

                // A carriage return at the end of the window may be half a line break.
                content.Consume(content.Window.Length - (content.Window is [.., (byte)'\r'] ? 1 : 0));
            }

            if (at > 0) return (RecordKind.Partial, default, null);
            if (content.Fill() > 0) continue;
            if (!TakesRest(endsHere)) return (RecordKind.Partial, default, null);
            if (content.Window.Length == 0) return (RecordKind.Malformed, new RecordExtent(0, 0, 1), TooLong);
            isLast = true;
        }
    }

    private string TooLong => $"the record is longer than the {format.RecordBytesMax} bytes that are read";

    private RecordExtent FirstLine(int at)
    {
        LineSplitter.TryFirst(content.Window[at..], isLast: true, out RecordExtent extent);
        return extent;
    }

    /// <summary>Nothing more can be read: whether what is left is to be taken for a record.</summary>
    private bool TakesRest(bool endsHere)
    {
        if (content.Failure is { } failure)
        {
            // A compressed file that is followed may still be being written.
            if (failure is EndOfStreamException && !endsHere) return false;
            throw Broken(failure);
        }

        content.CheckNotCut();
        bool isRest = content.Window.Length > 0 || tooLong is not null;
        IsEnd = !isRest;
        return isRest && (endsHere || content.IsCompressed);
    }

    private Exception Broken(Exception failure) => FileErrors.Explain(
        $"{name}, behind line {Line - 1}", failure is EndOfStreamException ? new InvalidDataException(failure.Message, failure) : failure);

    /// <summary>
    /// Passes the byte before a position. A last line without a line break may have got one since; if it got more text, it was taken half.
    /// </summary>
    private void PassBreak(FilePosition from)
    {
        byte before = content.Window[0];
        content.Consume(1);
        if (content.Window.Length == 0 || before == '\n' || (before == '\r' && content.Window[0] != '\n')) return;
        if (content.Window[0] is not ((byte)'\n' or (byte)'\r'))
        {
            throw FileErrors.Changed(name, $"had no line break behind line {from.Line - 1} when that was read as its last, and the line goes on now");
        }

        content.Consume(LineSplitter.BreakLength(content.Window, isLast: true));
    }
}
