using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>The decompressed content of a file, read in order into a window that is as large as one record may need.</summary>
/// <remarks>One byte stands before the window and may be overwritten, so that a parser can be given a line break first.</remarks>
internal sealed class FileContent : IDisposable
{
    private const int ReadBytes = 128 * 1024;

    private readonly string name;
    private readonly FileStream file;
    private readonly GzipStreamChecked? gzip;
    private byte[] buffer = new byte[1 + (2 * ReadBytes)];
    private int start = 1;
    private int end = 1;

    private FileContent(string name, FileStream file, bool isCompressed)
    {
        this.name = name;
        this.file = file;
        gzip = isCompressed ? new GzipStreamChecked(file) : null;
        Length = file.Length;
    }

    /// <summary>Whether it is read through a decompressor.</summary>
    public bool IsCompressed => gzip is not null;

    /// <summary>The file's length in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Where the window begins in the content.</summary>
    public long Offset { get; private set; }

    /// <summary>What was read and not consumed.</summary>
    public ReadOnlySpan<byte> Window => buffer.AsSpan(start, end - start);

    /// <summary>The window as memory, valid until more is read.</summary>
    public ReadOnlyMemory<byte> Memory => buffer.AsMemory(start, end - start);

    /// <summary>Why no more can be read, though what is in the window can; null when nothing is wrong.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Opens a file at its beginning.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="name">How errors name it.</param>
    public static FileContent Open(string path, string name)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            try
            {
                return new FileContent(name, file, IsGzip(path, name, file));
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Explain(name, e);
        }
    }

    /// <summary>Whether a position is at its very end: nothing was added to a compressed file that was read whole.</summary>
    public bool IsAtEndOf(FilePosition position) => IsCompressed && position.CompleteLength == Length;

    /// <summary>Part of the window, behind a line break that is put over the byte before it, which nobody needs any more.</summary>
    public ReadOnlyMemory<byte> Block(int from, int length)
    {
        buffer[start + from - 1] = (byte)'\n';
        return buffer.AsMemory(start + from - 1, length + 1);
    }

    /// <summary>Consumes the first bytes of the window.</summary>
    public void Consume(int length)
    {
        start += length;
        Offset += length;
    }

    /// <summary>Reads more behind the window, which moves.</summary>
    /// <returns>How many bytes; 0 at the end, or where <see cref="Failure"/> says why.</returns>
    public int Fill()
    {
        if (Failure is not null) return 0;
        MakeRoom();
        int before = end;
        try
        {
            // A decompressor returns little at a time, and the window is split into records anew each time.
            for (int read; end - before < ReadBytes && (read = gzip?.Read(buffer.AsSpan(end)) ?? file.Read(buffer.AsSpan(end))) > 0;) end += read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Failure = e;
        }

        return end - before;
    }

    /// <summary>Moves to a place further on; content before it is not looked at.</summary>
    /// <returns>Whether the content reaches that far.</returns>
    public bool SkipTo(long offset)
    {
        if (gzip is null && offset > Offset + (end - start))
        {
            if (offset > file.Length) return false;
            file.Seek(offset, SeekOrigin.Begin);
            start = end = 1;
            Offset = offset;
            return true;
        }

        while (true)
        {
            int length = (int)Math.Min(end - start, offset - Offset);
            Consume(length);
            if (Offset == offset) return true;
            if (Fill() == 0) return false;
        }
    }

    /// <summary>Notices that a file has become shorter than what was read of it.</summary>
    /// <exception cref="EngineException">It has.</exception>
    public void CheckNotCut()
    {
        if (gzip is null && file.Length < Offset + (end - start)) throw FileErrors.Changed(name, "became shorter while it was read");
    }

    public void Dispose()
    {
        gzip?.Dispose();
        file.Dispose();
    }

    private static bool IsGzip(string path, string name, FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        bool isGzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        file.Seek(0, SeekOrigin.Begin);
        if (isGzip || !path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) return isGzip;
        if (file.Length < 2) return true;
        throw new EngineException(ErrorDomain.User, $"{name} is called .gz and is not gzip", "Name it after what it is, or compress it.");
    }

    private void MakeRoom()
    {
        if (start > 1)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer.AsSpan(1));
            end -= start - 1;
            start = 1;
        }

        if (buffer.Length - end < ReadBytes) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, end + ReadBytes));
    }
}
