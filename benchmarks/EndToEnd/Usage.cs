using System.Diagnostics;

namespace StreamEngine.Benchmarks;

/// <summary>What a stretch of this process has used.</summary>
internal sealed class Usage
{
    private readonly Process process = Process.GetCurrentProcess();
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly TimeSpan cpu;
    private readonly long allocated = GC.GetTotalAllocatedBytes();

    public Usage() => cpu = process.TotalProcessorTime;

    public double Seconds => Stopwatch.GetElapsedTime(began).TotalSeconds;

    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return (process.TotalProcessorTime - cpu).TotalSeconds;
        }
    }

    public long AllocatedBytes => GC.GetTotalAllocatedBytes() - allocated;

    /// <summary>The most memory that was resident since the process began, in bytes; 0 where the system doesn't tell.</summary>
    public static long PeakResidentBytes => File.Exists("/proc/self/status")
        ? File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024).FirstOrDefault()
        : Process.GetCurrentProcess().PeakWorkingSet64;
}
