using System.Diagnostics;

namespace StreamEngine.Conformance;

/// <summary>A file system in memory with little room, where this machine lets a test mount one.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly bool isMounted;

    /// <summary>Mounts one, or skips the test with the reason.</summary>
    public SmallDisk(int megabytes)
    {
        string reason = OperatingSystem.IsLinux() ? Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "streamengine-tests", Path) : "it takes Linux";
        isMounted = reason.Length == 0;
        if (!isMounted) folder.Dispose();
        Skip.IfNot(isMounted, $"no small file system can be mounted here: {reason}");
    }

    public string Path => folder.Path;

    /// <summary>Gives it more room.</summary>
    public void Grow(int megabytes) => Mounted($"remount,size={megabytes}m");

    /// <summary>Lets nobody write to it any more.</summary>
    public void MakeReadOnly() => Mounted("remount,ro");

    public void Dispose()
    {
        if (!isMounted) return;
        string failure = Run("umount", Path);
        Assert.True(failure.Length == 0, failure);
        folder.Dispose();
    }

    private void Mounted(string options)
    {
        string failure = Run("mount", "-o", options, Path);
        Assert.True(failure.Length == 0, failure);
    }

    private static string Run(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? "" : error;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
