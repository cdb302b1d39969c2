using System.IO.Compression;

namespace StreamEngine.Files;

/// <summary>
/// Decompresses a gzip file of one or several members, and tells a whole one from one that is cut short, which the platform's stream doesn't.
/// </summary>
/// <remarks>
/// Behind the file's last byte a small member of our own is fed to the decompressor. If it comes out as it went in, the file ended where a member
/// may end; if not, it is taken for part of an unfinished one. All content of the file has come out before the first byte of ours goes in.
/// </remarks>
internal sealed class GzipStreamChecked : IDisposable
{
    private static readonly byte[] Mark = "the end of the file, by streamengine"u8.ToArray();
    private static readonly byte[] MarkCompressed = Compress(Mark);

    private readonly Tail tail;
    private readonly GZipStream content;
    private bool ended;

    /// <summary>Decompresses a stream, and owns it.</summary>
    public GzipStreamChecked(Stream compressed)
    {
        tail = new Tail(compressed);
        content = new GZipStream(tail, CompressionMode.Decompress);
    }

    /// <summary>Reads content; 0 at the end of a whole file.</summary>
    /// <exception cref="EndOfStreamException">The file is cut short.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public int Read(Span<byte> buffer)
    {
        if (ended) return 0;
        int read;
        try
        {
            read = content.Read(buffer);
        }
        catch (InvalidDataException e) when (tail.IsAtMark)
        {
            throw CutShort(e);
        }

        if (!tail.IsAtMark) return read > 0 ? read : throw CutShort(null);
        CheckMark(buffer[..read]);
        ended = true;
        return 0;
    }

    public void Dispose() => content.Dispose();

    private void CheckMark(ReadOnlySpan<byte> first)
    {
        Span<byte> rest = stackalloc byte[Mark.Length + 1];
        if (first.Length > Mark.Length) throw CutShort(null);
        first.CopyTo(rest);
        int length = first.Length;
        try
        {
            for (int read; length < rest.Length && (read = content.Read(rest[length..])) > 0;) length += read;
        }
        catch (InvalidDataException e)
        {
            throw CutShort(e);
        }

        if (!rest[..length].SequenceEqual(Mark)) throw CutShort(null);
    }

    private static EndOfStreamException CutShort(Exception? inner) => new("the gzip data is cut short, or something else stands behind it", inner);

    private static byte[] Compress(byte[] content)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(content);
        return compressed.ToArray();
    }

    /// <summary>The file, and our member behind it.</summary>
    private sealed class Tail(Stream file) : Stream
    {
        private int sent = -1;

        /// <summary>Whether all of the file has been read, and some of the mark.</summary>
        public bool IsAtMark => sent >= 0;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (buffer.Length == 0) return 0;
            if (sent < 0)
            {
                int read = file.Read(buffer);
                if (read > 0) return read;
                sent = 0;
            }

            int length = Math.Min(buffer.Length, MarkCompressed.Length - sent);
            MarkCompressed.AsSpan(sent, length).CopyTo(buffer);
            sent += length;
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
