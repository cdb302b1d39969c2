using System.Text.Unicode;

namespace StreamEngine.Hosting.CommandLine.Topics;

/// <summary>Reads lines of UTF-8 from a stream, and knows when the next one may have to be waited for. Not thread-safe.</summary>
/// <param name="input">Where they come from.</param>
internal sealed class LineReader(Stream input)
{
    /// <summary>The longest line, in bytes.</summary>
    public const int LineBytesMax = 16 << 20;

    /// <summary>What a full pipe gives at once.</summary>
    private const int ReadBytes = 1 << 16;

    private byte[] buffer = new byte[ReadBytes];
    private int start;
    private int end;
    private int lastRead;
    private bool isEnded;

    /// <summary>The number of the line read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>
    /// Whether the next line may have to be waited for: no whole one is there, and the last time there was less than there was room for, or nothing is left of it.
    /// </summary>
    public bool MayWait => start == end || (lastRead < ReadBytes && !buffer.AsSpan(start, end - start).Contains((byte)'\n'));

    /// <summary>Reads a line, without what ends it.</summary>
    /// <returns>False when there is none any more. The line is valid until the next read.</returns>
    /// <exception cref="FormatException">It is too long, or no UTF-8.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        line = default;
        int found;
        while ((found = buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) < 0)
        {
            if (isEnded && start == end) return false;
            if (isEnded) break;
            Fill();
        }

        Number++;
        int length = found < 0 ? end - start : found;
        line = buffer.AsSpan(start, length);
        start += found < 0 ? length : length + 1;
        if (line is [.., (byte)'\r']) line = line[..^1];
        if (Number == 1 && line.StartsWith("\uFEFF"u8)) line = line[3..];
        return Utf8.IsValid(line) ? true : throw new FormatException("it is no UTF-8");
    }

    private void Fill()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (end > LineBytesMax)
        {
            Number++;
            throw new FormatException($"it has more than {LineBytesMax} bytes");
        }

        if (buffer.Length - end < ReadBytes) Array.Resize(ref buffer, buffer.Length * 2);
        int read = input.Read(buffer, end, ReadBytes);
        lastRead = read;
        isEnded = read == 0;
        end += read;
    }
}
