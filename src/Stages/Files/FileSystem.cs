using System.Runtime.InteropServices;
using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>What the platform's library of files lacks: a rename that never replaces, and syncing a folder.</summary>
internal static partial class FileSystem
{
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;
    private const int OpenFolderReadOnly = 0x10000 | 0x80000;

    private const int NotFound = 2;
    private const int Interrupted = 4;
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int NoSpace = 28;
    private const int NotThere = 38;
    private const int QuotaReached = 122;
    private const int WindowsDiskFull = 112;

    /// <summary>What became of a rename.</summary>
    public enum Renamed
    {
        /// <summary>The file has its new name.</summary>
        Done,

        /// <summary>There is no file of the old name.</summary>
        Missing,

        /// <summary>There is a file of the new name; nothing was changed.</summary>
        Taken,
    }

    /// <summary>Renames a file, in one act, unless the new name is taken.</summary>
    /// <exception cref="IOException">Neither is the case, and it can't be renamed.</exception>
    public static Renamed Rename(string from, string to)
    {
        if (OperatingSystem.IsLinux())
        {
            if (renameat2(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0) return Renamed.Done;
            int error = Marshal.GetLastPInvokeError();
            if (error == NotFound) return Renamed.Missing;
            if (error == Exists) return Renamed.Taken;

            // Some file systems can't; the platform's own way, a link and its removal, does there.
            if (error is not (Invalid or NotThere)) throw new IOException($"{from} can't be renamed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        try
        {
            File.Move(from, to, overwrite: false);
            return Renamed.Done;
        }
        catch (FileNotFoundException)
        {
            return Renamed.Missing;
        }
        catch (IOException) when (File.Exists(to) && File.Exists(from))
        {
            return Renamed.Taken;
        }
    }

    /// <summary>Makes names in a folder durable, where the platform needs that.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        int folder = open(path, OpenFolderReadOnly);
        if (folder < 0) throw Failed(path);
        try
        {
            while (fsync(folder) != 0)
            {
                // Some file systems have nothing to sync in a folder.
                int error = Marshal.GetLastPInvokeError();
                if (error == Invalid) return;
                if (error != Interrupted) throw Failed(path);
            }
        }
        finally
        {
            _ = close(folder);
        }
    }

    /// <summary>Says of an error while writing where it happened and what to do.</summary>
    public static EngineException WriteFailed(string path, Exception error) => error switch
    {
        EngineException engine => engine,
        IOException when (error.HResult & 0xffff) is NoSpace or QuotaReached or WindowsDiskFull => new EngineException(
            ErrorDomain.External,
            $"{path} can't be written: the disk is full",
            "Make room on the disk that it is on, or move the data directory to a larger one. The pipeline goes on from its last commit; nothing of what was not committed is visible.",
            error),
        UnauthorizedAccessException => new EngineException(
            ErrorDomain.User, $"{path} can't be written: {error.Message}", $"Give the user {Environment.UserName} the right to write there.", error),
        _ => new EngineException(ErrorDomain.External, $"{path} can't be written: {error.Message}", "Look at the disk or the network it is on.", error),
    };

    private static IOException Failed(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"folder {path} can't be synced: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
