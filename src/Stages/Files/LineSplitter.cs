namespace StreamEngine.Files;

/// <summary>Finds ends of lines: LF, CR LF, or CR alone.</summary>
internal static class LineSplitter
{
    /// <summary>The first line.</summary>
    /// <param name="data">What was read.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    /// <param name="extent">Where it lies.</param>
    /// <returns>Whether it is whole.</returns>
    public static bool TryFirst(ReadOnlySpan<byte> data, bool isLast, out RecordExtent extent)
    {
        int at = data.IndexOfAny((byte)'\n', (byte)'\r');
        if (at < 0)
        {
            extent = new RecordExtent(data.Length, data.Length, 1);
            return isLast && data.Length > 0;
        }

        int length = BreakLength(data[at..], isLast);
        extent = new RecordExtent(at + length, at, 1);
        return length > 0;
    }

    /// <summary>The length of the line break that the data begins with; 0 when that can't be told yet.</summary>
    public static int BreakLength(ReadOnlySpan<byte> data, bool isLast)
    {
        if (data[0] == '\n') return 1;
        if (data.Length == 1) return isLast ? 1 : 0;
        return data[1] == '\n' ? 2 : 1;
    }
}
