using System.Runtime.InteropServices;

namespace StreamEngine.Log.Rocks;

/// <summary>
/// Keeps the C library from holding on to the large blocks that RocksDB takes and gives back with every commit and every file. By itself glibc moves the
/// limit above which a block is a mapping of its own up to the largest it has seen freed, and blocks below it leave holes that are never given back:
/// measured, 70 to 150 MB after some million records. It also gives each thread a heap of its own, though few blocks are taken for each commit.
/// </summary>
internal static partial class NativeMemory
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int ArenasMax = -8;

    /// <summary>Fixes the limits, once for the process; does nothing with a C library that has none.</summary>
    public static void Bound()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = mallopt(MapThreshold, 1 << 20);
            _ = mallopt(TrimThreshold, 16 << 20);
            _ = mallopt(ArenasMax, 1);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library, with habits of its own.
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
