using System.Runtime.InteropServices;

namespace StreamEngine.Conformance;

/// <summary>Takes the right to read and write every file from a thread of a privileged process, for as long as it lives; does nothing elsewhere.</summary>
public sealed partial class UnprivilegedThread : IDisposable
{
    private const uint Nobody = 65534;

    public UnprivilegedThread()
    {
        // The kernel has it for each thread, and drops the capabilities that pass over modes with it.
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess) _ = setfsuid(Nobody);
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess) _ = setfsuid(0);
    }

    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);
}
