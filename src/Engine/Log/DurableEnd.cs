using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace StreamEngine.Log;

/// <summary>
/// The number of the last commit that was synced, in a small file beside the log. A write-ahead log that was cut off looks like one
/// whose last record a kill tore; only this tells that commits are missing.
/// </summary>
/// <remarks>
/// The file is written after each sync and not synced itself: after a loss of power it may be behind, which only means that less is
/// noticed. Two slots are written in turn, so that a torn write leaves the one before. Used by the committer's thread.
/// </remarks>
internal sealed class DurableEnd : IDisposable
{
    private const int SlotBytes = 16;
    private readonly SafeFileHandle file;

    public DurableEnd(string path)
    {
        Path = path;
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number noted last; 0 when there is none.</summary>
    public long Read()
    {
        Span<byte> slots = stackalloc byte[2 * SlotBytes];
        int length = RandomAccess.Read(file, slots, 0);
        long last = 0;
        for (int slot = 0; (slot + 1) * SlotBytes <= length; slot++)
        {
            ReadOnlySpan<byte> bytes = slots.Slice(slot * SlotBytes, SlotBytes);
            if (XxHash3.HashToUInt64(bytes[..8]) != BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])) continue;
            last = Math.Max(last, BinaryPrimitives.ReadInt64LittleEndian(bytes));
        }

        return last;
    }

    /// <summary>Notes that the commit of that number is durable.</summary>
    public void Note(long commit)
    {
        Span<byte> bytes = stackalloc byte[SlotBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, commit);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], XxHash3.HashToUInt64(bytes[..8]));
        RandomAccess.Write(file, bytes, commit % 2 * SlotBytes);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
