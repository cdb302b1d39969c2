using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace StreamEngine.Log;

/// <summary>
/// The number of the last commit that was synced, in a small file beside the log. A write-ahead log that was cut off looks like one
/// whose last record a kill tore; only this tells that commits are missing.
/// </summary>
/// <remarks>
/// The file is written after each sync and not synced itself: after a loss of power it may be behind, or blank, which only means that less
/// is noticed. Two slots are written in turn, so that a torn write leaves the one before. Used by the committer's thread.
/// </remarks>
internal sealed class DurableEnd : IDisposable
{
    private const int SlotBytes = 16;
    private readonly SafeFileHandle file;

    /// <summary>Opens the file of a log; makes it, with no note yet, where there is none.</summary>
    public DurableEnd(string path)
    {
        Path = path;
        bool isNew = !File.Exists(path);
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (!isNew) return;

        // Its room is taken once, so that no later note needs any, and synced, so that a missing file means that somebody removed it.
        RandomAccess.Write(file, new byte[2 * SlotBytes], 0);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number noted last; 0 when there is none.</summary>
    /// <exception cref="LogDamagedException">There is something, and none of it is a note.</exception>
    public long Read()
    {
        Span<byte> slots = stackalloc byte[2 * SlotBytes];
        slots.Clear();
        RandomAccess.Read(file, slots, 0);
        long? last = null;
        for (int slot = 0; slot < 2; slot++)
        {
            ReadOnlySpan<byte> bytes = slots.Slice(slot * SlotBytes, SlotBytes);
            if (XxHash3.HashToUInt64(bytes[..8]) != BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])) continue;
            last = Math.Max(last ?? 0, BinaryPrimitives.ReadInt64LittleEndian(bytes));
        }

        if (last is null && slots.ContainsAnyExcept((byte)0))
        {
            throw new LogDamagedException(
                $"{Path}, which notes where the log beside it ends, is damaged: none of what it holds is a note",
                remedy: $"Restore the newest checkpoint, or the data directory from a backup. {WayOut(Path)}");
        }

        return last ?? 0;
    }

    /// <summary>What to do where the file alone was lost.</summary>
    public static string WayOut(string path) =>
        $"If nothing but this file was lost, put an empty file in its place ({path}): then nobody can tell whether the log ends too early.";

    /// <summary>Notes that the commit of that number is durable.</summary>
    public void Note(long commit)
    {
        Span<byte> bytes = stackalloc byte[SlotBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, commit);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], XxHash3.HashToUInt64(bytes[..8]));
        RandomAccess.Write(file, bytes, commit % 2 * SlotBytes);
    }

    /// <summary>Writes down for a copy of a log where that ends, whatever was noted in that place before.</summary>
    public static void NoteCopy(string path, long commit)
    {
        File.Delete(path);
        using var copy = new DurableEnd(path);
        copy.Note(commit);
        RandomAccess.FlushToDisk(copy.file);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
