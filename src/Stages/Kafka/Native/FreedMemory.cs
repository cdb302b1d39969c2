using System.Runtime.InteropServices;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// What the C library does with memory that librdkafka frees. Left to itself it gives buffers of fetches and batches back to the system, which clears every page of
/// the next one. So freed memory is kept for the next buffer, up to a bound.
/// </summary>
internal static unsafe class FreedMemory
{
    /// <summary>Buffers below this come from memory that is kept; fetches and batches usually are, and older glibc takes no more.</summary>
    public const int BufferBytesMax = 32 << 20;

    /// <summary>How much free memory each of the allocator's arenas keeps.</summary>
    public const int KeptBytesMax = 32 << 20;

    private const string CLibrary = "libc.so.6";
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    /// <summary>Keeps freed memory from now on; does nothing where the C library isn't glibc, or the environment has settings of its own for it.</summary>
    /// <returns>Whether it is kept.</returns>
    public static bool Keep()
    {
        if (HasOwnSettings() || !NativeLibrary.TryLoad(CLibrary, out nint library) || !NativeLibrary.TryGetExport(library, "mallopt", out nint address)) return false;
        var mallopt = (delegate* unmanaged[Cdecl]<int, int, int>)address;
        return mallopt(MapThreshold, BufferBytesMax) != 0 && mallopt(TrimThreshold, KeptBytesMax) != 0;
    }

    private static bool HasOwnSettings() => Environment.GetEnvironmentVariables().Keys.Cast<string>()
        .Any(name => name is "GLIBC_TUNABLES" or "MALLOC_MMAP_THRESHOLD_" or "MALLOC_TRIM_THRESHOLD_" or "MALLOC_TOP_PAD_" or "MALLOC_MMAP_MAX_");
}
