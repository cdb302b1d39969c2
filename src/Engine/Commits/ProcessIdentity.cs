using System.Diagnostics;
using System.Globalization;

namespace StreamEngine.Commits;

/// <summary>
/// Which process a start belongs to: for people, and for a start that follows, which may find that process gone without waiting for its heartbeat to
/// grow old.
/// </summary>
internal sealed record ProcessIdentity
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";
    private const string ProcessNamespacePath = "/proc/self/ns/pid";

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = new()
    {
        Instance = Guid.NewGuid().ToString("N"),
        Host = Environment.MachineName,
        Machine = FindMachine(),
        Process = Environment.ProcessId,
        StartedAt = FindStart(Environment.ProcessId) ?? 0,
    };

    /// <summary>Random, new in each process: two processes never share it, though two containers may share all the rest.</summary>
    public required string Instance { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Host { get; init; }

    /// <summary>Where process numbers count: the boot of a machine and the process namespace in it, where that can be known; else the machine's name.</summary>
    public required string Machine { get; init; }

    /// <summary>The process's number.</summary>
    public required int Process { get; init; }

    /// <summary>When the process was started, in units of the system's own: with its number, which is given again, it names a process.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Puts who starts into a record.</summary>
    public HomeRecord Sign(HomeRecord record) =>
        record with { Instance = Instance, Host = Host, Machine = Machine, Process = Process, ProcessStartedAt = StartedAt };

    /// <summary>Whether a record's process certainly runs no more: it was one of this machine, and there is none such.</summary>
    public bool KnowsGone(HomeRecord record) =>
        record.Machine == Machine && record.ProcessStartedAt is { } startedAt && FindStart(record.Process) != startedAt;

    private static string FindMachine()
    {
        try
        {
            if (OperatingSystem.IsLinux() && new FileInfo(ProcessNamespacePath).LinkTarget is { } processes) return $"{File.ReadAllText(BootIdPath).Trim()} {processes}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc the name has to do.
        }

        return Environment.MachineName;
    }

    /// <summary>When a process was started; null when there is none of that number, or it has ended and nobody has asked for its exit code yet.</summary>
    private static long? FindStart(int process)
    {
        try
        {
            if (OperatingSystem.IsLinux()) return ParseStart(File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat"));
            using Process found = System.Diagnostics.Process.GetProcessById(process);
            return found.HasExited ? null : found.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            // It is there, and may not be looked at: a number that no record has.
            return -1;
        }
    }

    /// <summary>The start in clock ticks since boot, out of Linux's line on a process; the state stands first behind the name, which may hold anything.</summary>
    private static long? ParseStart(string line)
    {
        string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
    }
}
