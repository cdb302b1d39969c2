using System.Diagnostics;
using StreamEngine.Contracts;

namespace StreamEngine.Files;

/// <summary>How far a file has been read, and what it looked like then.</summary>
/// <param name="partition">The file as a partition.</param>
/// <param name="path">Where it lies.</param>
/// <param name="position">Where reading goes on.</param>
internal sealed class FileProgress(SourcePartition partition, string path, FilePosition position)
{
    // A compressed file that grows is decompressed from its beginning each time, so that may take only a fraction of the time.
    private const int RestFactor = 4;

    private (long Length, DateTime Written)? looked;
    private (long Length, DateTime Written)? seen;
    private long lookedAt;
    private long restsUntil;

    /// <summary>The file as a partition.</summary>
    public SourcePartition Partition { get; } = partition;

    /// <summary>Where it lies.</summary>
    public string Path { get; } = path;

    /// <summary>Where reading goes on.</summary>
    public FilePosition Position { get; set; } = position;

    /// <summary>Whether it was removed after everything in it had been read.</summary>
    public bool IsGone => seen is { } last && (Position.CompleteLength is not null || Position.Byte == last.Length) && !File.Exists(Path);

    /// <summary>Notes what the file looks like before it is opened.</summary>
    public void Look()
    {
        looked = State();
        lookedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>What the file had has been read.</summary>
    public void Rest()
    {
        seen = looked;
        long now = Stopwatch.GetTimestamp();
        restsUntil = now + ((now - lookedAt) * RestFactor);
    }

    /// <summary>Whether there may be something to read that wasn't there before.</summary>
    public bool HasChanged() => seen is null || (Stopwatch.GetTimestamp() >= restsUntil && !IsGone && State() != seen);

    private (long Length, DateTime Written)? State()
    {
        var file = new FileInfo(Path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : null;
    }
}
