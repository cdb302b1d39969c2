using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Diagnostics;

namespace StreamEngine.Log;

/// <summary>
/// The folder that holds all an engine keeps: its own part under <c>engine/</c>, and beside it what file and SQLite sinks write. One
/// process has it open at a time, and its name is there for whoever comes second.
/// </summary>
/// <remarks>
/// <code>
/// engine/lock          held with an advisory lock while a process has the directory open
/// engine/owner.json    which process that is; left behind by a crash, and then means nothing
/// engine/version       the version of this layout
/// engine/log/          the embedded log       engine/log.end   its durable end
/// engine/journal.db    the journal
/// engine/checkpoints/  checkpoints of the log
/// logs/                the host's log files
/// </code>
/// </remarks>
internal sealed class DataDirectory : IDisposable
{
    /// <summary>The version of the layout above; a directory with a larger one is refused.</summary>
    public const int Version = 1;

    private const string VersionFile = "version";

    private readonly FileStream held;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    /// <summary>The directory, absolute.</summary>
    public string Path { get; }

    /// <summary>Where the engine's own part lies.</summary>
    public string EnginePath => EnginePathOf(Path);

    /// <summary>The embedded log.</summary>
    public string LogPath => LogPathOf(Path);

    /// <summary>Copies of keyed states, where the log is elsewhere.</summary>
    public string StatePath => System.IO.Path.Combine(EnginePath, "state");

    /// <summary>The journal, when it is SQLite's.</summary>
    public string JournalPath => JournalPathOf(Path);

    /// <summary>The checkpoints.</summary>
    public string CheckpointsPath => CheckpointsPathOf(Path);

    /// <summary>The host's log files.</summary>
    public string HostLogPath => System.IO.Path.Combine(Path, "logs");

    /// <summary>Where the engine's own part of a data directory lies.</summary>
    public static string EnginePathOf(string path) => System.IO.Path.Combine(System.IO.Path.GetFullPath(path), "engine");

    /// <summary>Where the embedded log of a data directory lies.</summary>
    public static string LogPathOf(string path) => System.IO.Path.Combine(EnginePathOf(path), "log");

    /// <summary>Where the journal of a data directory lies, when it is SQLite's.</summary>
    public static string JournalPathOf(string path) => System.IO.Path.Combine(EnginePathOf(path), "journal.db");

    /// <summary>Where the checkpoints of a data directory lie.</summary>
    public static string CheckpointsPathOf(string path) => System.IO.Path.Combine(EnginePathOf(path), "checkpoints");

    /// <summary>Whether a process has a directory open. Only looks, and takes nothing.</summary>
    public static bool IsInUse(string path)
    {
        string file = System.IO.Path.Combine(EnginePathOf(path), "lock");
        if (!File.Exists(file)) return false;
        try
        {
            using var looked = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // It belongs to another user, and so does the process, perhaps; what is said then is what the log itself says.
            return true;
        }
    }

    /// <summary>Opens a directory for this process alone; makes it when there is none.</summary>
    /// <exception cref="EngineException">Another process has it, a newer build wrote it, or it can't be written.</exception>
    public static DataDirectory Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        string engine = EnginePathOf(full);
        FileStream held;
        try
        {
            Directory.CreateDirectory(engine);
            held = new FileStream(System.IO.Path.Combine(engine, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EngineException(
                ErrorDomain.User, $"the data directory {full} can't be written: {e.Message}", "Give this user the right to write there, or choose another with --data DIR.", e);
        }
        catch (IOException e) when (File.Exists(System.IO.Path.Combine(engine, "lock")))
        {
            throw new EngineException(
                ErrorDomain.User,
                $"the data directory {full} is in use by {DataDirectoryOwner.Read(engine)?.ToString() ?? "another process"}",
                "Stop that process, or choose another directory with --data DIR. Topics can be read meanwhile: topics read.",
                e);
        }
        catch (IOException e)
        {
            throw new EngineException(ErrorDomain.External, $"the data directory {full} can't be made: {e.Message}", "Choose another with --data DIR.", e);
        }

        try
        {
            CheckVersion(full);
            WriteVersion(engine);
            DataDirectoryOwner.Write(engine);
            return new DataDirectory(full, held);
        }
        catch (Exception e)
        {
            held.Dispose();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new EngineException(
                ErrorDomain.External, $"the data directory {full} can't be written: {e.Message}", "Make room on its disk and look at the rights on its files, or choose another with --data DIR.", e);
        }
    }

    /// <summary>
    /// Which process holds a directory now; null when none does. It is tried only where the last to hold it still runs, or can't be asked, so that it never
    /// stands in the way of one that is about to start.
    /// </summary>
    public static DataDirectoryOwner? HolderOf(string path) =>
        DataDirectoryOwner.Read(EnginePathOf(path)) is { } owner && !owner.HasEnded() && IsInUse(path) ? owner : null;

    /// <summary>Refuses a directory that a newer build wrote; one without a version is new.</summary>
    /// <exception cref="EngineException">It is of a newer build, damaged, or can't be read.</exception>
    public static void CheckVersion(string path)
    {
        string file = System.IO.Path.Combine(EnginePathOf(path), VersionFile);
        string text;
        try
        {
            if (!File.Exists(file)) return;
            text = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorDomain.External, $"the data directory {path} can't be read: {e.Message}", "Look at the disk and at the rights on its files.", e);
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version))
        {
            throw new EngineException(
                ErrorDomain.Data, $"the data directory {path} is damaged: {file} holds '{text}' where a version must be", $"Write {Version} into it if it was changed by hand.");
        }

        if (version > Version) throw new DataVersionException($"the data directory {path}", version, Version);
    }

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();

    private static void WriteVersion(string engine)
    {
        string file = System.IO.Path.Combine(engine, VersionFile);
        if (File.Exists(file)) return;

        // Renamed into place, so that who dies here leaves no file or a whole one.
        File.WriteAllText(file + ".new", Version.ToString(CultureInfo.InvariantCulture) + "\n");
        File.Move(file + ".new", file, overwrite: true);
    }
}

/// <summary>The process that has a data directory open.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="Machine">Its machine.</param>
/// <param name="Since">Since when.</param>
/// <param name="Command">How it was started.</param>
internal sealed record DataDirectoryOwner(int Process, string Machine, DateTimeOffset Since, string Command)
{
    private const int CommandLengthMax = 300;

    /// <summary>Whether it is known to have ended: a process of this machine that is no more. Another may have its number by now.</summary>
    public bool HasEnded()
    {
        if (Machine != Environment.MachineName) return false;
        try
        {
            System.Diagnostics.Process.GetProcessById(Process).Dispose();
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    public static DataDirectoryOwner? Read(string engine)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FileIn(engine)), OwnerJson.Default.DataDirectoryOwner);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static void Write(string engine)
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        string command = Environment.CommandLine;
        var owner = new DataDirectoryOwner(
            Environment.ProcessId,
            Environment.MachineName,
            new DateTimeOffset(self.StartTime),
            command.Length > CommandLengthMax ? command[..CommandLengthMax] : command);
        File.WriteAllBytes(FileIn(engine), JsonSerializer.SerializeToUtf8Bytes(owner, OwnerJson.Default.DataDirectoryOwner));
    }

    /// <inheritdoc/>
    public override string ToString() => $"process {Process} on {Machine}, started {Since:yyyy-MM-dd HH:mm:ss} ({Command})";

    private static string FileIn(string engine) => System.IO.Path.Combine(engine, "owner.json");
}

/// <summary>How the owner is written.</summary>
[JsonSerializable(typeof(DataDirectoryOwner))]
internal sealed partial class OwnerJson : JsonSerializerContext;
