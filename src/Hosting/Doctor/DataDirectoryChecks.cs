using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Hosting.Doctor;

/// <summary>Looks at a data directory, or at where one would be made; changes nothing in it.</summary>
internal static class DataDirectoryChecks
{
    private const long SpaceLeast = 100L << 20;
    private const long SpaceLittle = 2L << 30;

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>All of it, in the order in which it is shown.</summary>
    public static IEnumerable<Finding> All(string path)
    {
        string full = Path.GetFullPath(path);
        return [Directory(full), Space(full), Clock(full, DateTimeOffset.UtcNow)];
    }

    /// <summary>What free space means.</summary>
    public static Finding Space(long bytes, string where) => bytes switch
    {
        < SpaceLeast => new(nameof(Space), Health.Fail, $"{Sizes.Of(bytes)} are free in {where}", "Make room, or choose another directory with --data DIR."),
        < SpaceLittle => new(nameof(Space), Health.Warn, $"{Sizes.Of(bytes)} are free in {where}", "Make room: a full disk stops every pipeline at its last commit."),
        _ => new(nameof(Space), Health.Ok, $"{Sizes.Of(bytes)} are free in {where}"),
    };

    /// <summary>Whether a clock can be right: it is not before this program was built, nor before what lies in the data directory was written.</summary>
    public static Finding Clock(string path, DateTimeOffset now)
    {
        var built = new DateTimeOffset(File.GetLastWriteTimeUtc(typeof(DataDirectoryChecks).Assembly.Location), TimeSpan.Zero);
        DateTimeOffset written = LastWritten(DataDirectory.EnginePathOf(path));
        (DateTimeOffset last, string what) = written > built ? (written, $"{path} was last written") : (built, "this program was built");
        return now + ClockTolerance >= last
            ? new(nameof(Clock), Health.Ok, FormattableString.Invariant($"{now:yyyy-MM-dd HH:mm:ss} UTC"))
            : new(nameof(Clock), Health.Warn, FormattableString.Invariant($"it is {now:yyyy-MM-dd HH:mm:ss} UTC here, and {what} at {last:yyyy-MM-dd HH:mm:ss}"), "Set the clock: times of records, retention and restarts go by it.");
    }

    private static Finding Directory(string full)
    {
        const string check = "Data directory";
        try
        {
            DataDirectory.CheckVersion(full);
            if (DataDirectory.HolderOf(full) is { } holder)
            {
                return new(check, Health.Warn, $"{full} is in use by {holder}", "Stop that process before another runs here, or choose another directory with --data DIR. Topics can be read meanwhile.");
            }
        }
        catch (EngineException e)
        {
            return new(check, Health.Fail, e.Message, e.Remedy);
        }

        string there = NearestAbove(full);
        return CanWrite(there) switch
        {
            { } problem => new(check, Health.Fail, $"{there} can't be written: {problem}", "Give this user the right to write there, or choose another directory with --data DIR."),
            null when there != full => new(check, Health.Ok, $"{full} isn't there yet, and can be made"),
            _ => new(check, Health.Ok, $"{full} can be written"),
        };
    }

    private static Finding Space(string full)
    {
        string there = NearestAbove(full);
        try
        {
            return Space(new DriveInfo(there).AvailableFreeSpace, there);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new(nameof(Space), Health.Warn, $"the free space of {there} isn't known: {e.Message}", "Look at the disk.");
        }
    }

    /// <summary>A folder's own path where it is there; else the nearest above that is.</summary>
    private static string NearestAbove(string full)
    {
        string? above = full;
        while (above is not null && !System.IO.Directory.Exists(above)) above = Path.GetDirectoryName(above);
        return above ?? full;
    }

    /// <summary>Why a folder can't be written to; null when it can. The file that tells is gone when it is closed.</summary>
    private static string? CanWrite(string folder)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".streamengine-doctor-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            probe.WriteByte(0);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static DateTimeOffset LastWritten(string engine)
    {
        try
        {
            string log = Path.Combine(engine, "log");
            return System.IO.Directory.Exists(log)
                ? System.IO.Directory.EnumerateFiles(log).Select(file => new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero)).DefaultIfEmpty().Max()
                : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
