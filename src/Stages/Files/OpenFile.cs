using System.Text.Unicode;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>
/// A file that is being read from a position on: makes batches of its records. What can't be read is a bad record of its own, in its place.
/// </summary>
/// <typeparam name="T">The type of the records.</typeparam>
internal sealed class OpenFile<T> : IDisposable
{
    private const int RecordOverheadBytes = 64;

    private readonly string name;
    private readonly RecordFormat<T> format;
    private readonly FileContent content;
    private readonly RecordScanner scanner;
    private readonly FileTarget<T> target;
    private readonly byte[] first;
    private readonly string identity;
    private RecordDecoder<T>? decoder;
    private int next;
    private bool isRunText;

    private OpenFile(string name, RecordFormat<T> format, FileContent content, FileTarget<T> target)
    {
        this.name = name;
        this.format = format;
        this.content = content;
        this.target = target;
        scanner = new RecordScanner(name, format, content);
        first = FileIdentity.First(content, FilePosition.IdentityBytesMax).ToArray();
        identity = FilePosition.IdentityOf(first);
    }

    /// <summary>Opens a file at a position.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="name">How errors name it.</param>
    /// <param name="format">How its bytes are records.</param>
    /// <param name="from">The position.</param>
    /// <param name="target">What its records belong to.</param>
    /// <exception cref="EngineException">It can't be opened, or is not the file that the position points into.</exception>
    public static OpenFile<T> Open(string path, string name, RecordFormat<T> format, FilePosition from, FileTarget<T> target)
    {
        FileContent content = FileContent.Open(path, name);
        try
        {
            var file = new OpenFile<T>(name, format, content, target);
            file.Begin(from);
            return file;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>Where reading goes on behind what was handed out, while no run is open.</summary>
    public FilePosition Position => At(content.Offset, scanner.Line);

    /// <summary>The next records, or the next bad one.</summary>
    /// <param name="endsHere">Whether a line that has no end yet is taken as it is.</param>
    /// <returns>Null at the end of what is there.</returns>
    /// <exception cref="EngineException">The content is damaged.</exception>
    public SourceItem? Next(bool endsHere)
    {
        if (scanner.IsEnd || !HasDecoder(endsHere)) return null;
        if (scanner.Run.Length > 0) return Decode();
        if (!scanner.Scan(endsHere, out MalformedLine? malformed)) return null;
        if (malformed is not null) return Bad(malformed.Line, malformed.Raw, new BadRecordException($"{name}:{malformed.Line}", malformed.Cause), Position);
        next = 0;
        isRunText = Utf8.IsValid(content.Window[..scanner.RunBytes]);
        if (isRunText) decoder!.Open(content.Block(0, scanner.RunBytes));
        return Decode();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        decoder?.Dispose();
        content.Dispose();
    }

    private FilePosition At(long offset, long line) => new(IdentityUpTo(offset), offset, line, scanner.IsEnd && content.IsCompressed ? content.Length : null);

    /// <summary>What the file is known by at a place: a line behind it may still be mended, since nothing was made of it yet.</summary>
    private string IdentityUpTo(long offset) => offset >= first.Length ? identity : FilePosition.IdentityOf(first.AsSpan(0, (int)offset));

    private void Begin(FilePosition from)
    {
        FileIdentity.Check(name, content, from);
        if (content.Window.StartsWith("\uFEFF"u8)) content.Consume(3);
        if (from.Byte > content.Offset && !content.IsAtEndOf(from) && !HasDecoder(endsHere: true))
        {
            throw FileErrors.Changed(name, "was read, and has no header now");
        }

        scanner.SkipTo(from);
    }

    private bool HasDecoder(bool endsHere)
    {
        if (decoder is not null) return true;
        byte[]? header = format.HasHeader ? scanner.TakeHeader(endsHere) : [];
        if (header is not null) decoder = format.CreateDecoder(name, header);
        return decoder is not null;
    }

    /// <summary>A batch of records of the run, or one record that is bad.</summary>
    private SourceItem Decode()
    {
        ReadOnlySpan<ScannedRecord> run = scanner.Run;
        Batch<NoKey, T> batch = target.Batches.Rent();
        long now = target.Now;
        for (; next < run.Length && !batch.IsFull; next++)
        {
            ScannedRecord record = run[next];
            try
            {
                T value = Decode(record);
                batch.Add(
                    new Record<NoKey, T>(default, value, now, new Origin(target.Source, target.Partition, record.Line)), RecordOverheadBytes + record.Extent.ContentLength);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // What comes before it goes first; the record is decoded once more then.
                if (batch.Records > 0)
                {
                    Repeat(run);
                    break;
                }

                batch.Release();
                ReadOnlySpan<byte> raw = content.Window.Slice(record.Start, Math.Min(record.Extent.ContentLength, RecordScanner.RawKeptMax));
                string place = $"{name}:{record.Line}";
                Exception cause = e as BadRecordException ?? new BadRecordException(place, decoder!.Explain(e), e);
                next++;
                return Bad(record.Line, raw.ToArray(), cause, Behind(record, run));
            }
        }

        return new SourceItem(target.Partition, batch, Behind(run[next - 1], run).ToPosition());
    }

    private T Decode(in ScannedRecord record)
    {
        if (!isRunText)
        {
            // Some record of the run is no text: each is decoded by itself.
            if (!Utf8.IsValid(content.Window.Slice(record.Start, record.Extent.ContentLength))) throw new BadRecordException($"{name}:{record.Line}", "the line is no UTF-8 text");
            decoder!.Open(content.Block(record.Start, record.Extent.Length));
        }

        return decoder!.Next(content.Memory.Slice(record.Start, record.Extent.ContentLength));
    }

    /// <summary>Opens the rest of the run again, from the record that comes next.</summary>
    private void Repeat(ReadOnlySpan<ScannedRecord> run)
    {
        int start = run[next].Start;
        if (isRunText) decoder!.Open(content.Block(start, scanner.RunBytes - start));
    }

    /// <summary>The position behind a record of the run, which is left behind with its last.</summary>
    private FilePosition Behind(in ScannedRecord record, ReadOnlySpan<ScannedRecord> run)
    {
        FilePosition behind = At(content.Offset + record.End, record.Line + record.Extent.Lines);
        if (next == run.Length) scanner.Pass();
        return behind;
    }

    private SourceItem Bad(long line, byte[] raw, Exception cause, FilePosition behind) =>
        new(target.Partition, new Poison(new Origin(target.Source, target.Partition, line), raw, cause), behind.ToPosition());
}
