using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

/// <summary>The host on a terminal of its own: what it shows can be read, and keys can be pressed. Linux only.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2, NoControllingTerminal = 0x100, SetSize = 0x5414, NewSession = 0x80, StructureBytes = 1024, NameBytes = 128;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly int master;
    private readonly int process;
    private readonly StringBuilder shown = new();
    private readonly Task reading;
    private readonly Task<int> ending;

    private PseudoTerminal(int master, int process)
    {
        this.master = master;
        this.process = process;
        reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
        ending = Task.Factory.StartNew(Wait, TaskCreationOptions.LongRunning);
    }

    /// <summary>All that was shown so far, with the sequences that steer the terminal.</summary>
    public string Shown
    {
        get
        {
            lock (shown) return shown.ToString();
        }
    }

    /// <summary>Starts the host on a terminal.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="environment">Variables that it gets; TERM is <c>xterm-256color</c> unless it is among them.</param>
    public static PseudoTerminal Start(IReadOnlyList<string> arguments, int columns = 100, params (string Name, string Value)[] environment)
    {
        int master = Check(PosixOpenpt(ReadWrite | NoControllingTerminal), "opening a terminal");
        Check(Grantpt(master), "granting a terminal");
        Check(Unlockpt(master), "unlocking a terminal");
        nint name = Marshal.AllocHGlobal(NameBytes), actions = Zeroed(), attributes = Zeroed();
        try
        {
            Check(PtsnameR(master, name, NameBytes), "naming a terminal");
            var size = new WindowSize { Rows = 30, Columns = (ushort)columns };
            Check(Ioctl(master, SetSize, ref size), "sizing a terminal");

            // A session's first process gets the terminal that it opens as its own, and signals from its keys with it.
            Check(AttributesInit(attributes), "preparing a process");
            Check(AttributesSetFlags(attributes, NewSession), "preparing a process");
            Check(ActionsInit(actions), "preparing a process");
            Check(ActionsAddOpen(actions, 0, name, ReadWrite, 0), "preparing a process");
            Check(ActionsAddDup2(actions, 0, 1), "preparing a process");
            Check(ActionsAddDup2(actions, 0, 2), "preparing a process");
            Dictionary<string, string> variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
            variables["TERM"] = "xterm-256color";
            variables.Remove("NO_COLOR");
            foreach ((string key, string value) in environment) variables[key] = value;
            string?[] command = ["dotnet", HostProcess.Program, .. arguments, null];
            Check(Spawn(out int process, "dotnet", actions, attributes, command, [.. variables.Select(entry => $"{entry.Key}={entry.Value}"), null]), "starting the host");
            return new PseudoTerminal(master, process);
        }
        finally
        {
            Marshal.FreeHGlobal(name);
            Marshal.FreeHGlobal(actions);
            Marshal.FreeHGlobal(attributes);
        }
    }

    /// <summary>Runs the host to its end.</summary>
    /// <returns>Its exit code, and what it showed.</returns>
    public static (int ExitCode, string Shown) Run(IReadOnlyList<string> arguments, int columns = 100, params (string Name, string Value)[] environment)
    {
        using PseudoTerminal terminal = Start(arguments, columns, environment);
        return (terminal.WaitForExit(), terminal.Shown);
    }

    /// <summary>Presses keys.</summary>
    public void Type(string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(keys);
        Check((int)Write(master, bytes, bytes.Length), "typing");
    }

    /// <summary>Waits until something is shown.</summary>
    /// <param name="pattern">A regular expression.</param>
    public void WaitFor(string pattern)
    {
        if (SpinWait.SpinUntil(() => Regex.IsMatch(Shown, pattern) || ending.IsCompleted, Patience) && Regex.IsMatch(Shown, pattern)) return;
        throw new TimeoutException($"'{pattern}' was never shown:\n{Shown}");
    }

    /// <summary>Waits for the end of the host.</summary>
    /// <returns>Its exit code.</returns>
    public int WaitForExit()
    {
        if (!ending.Wait(Patience)) throw new TimeoutException($"the host didn't end:\n{Shown}");
        reading.Wait(Patience);
        return ending.Result;
    }

    public void Dispose()
    {
        const int kill = 9;
        if (!ending.IsCompleted)
        {
            _ = Kill(process, kill);
            ending.Wait(Patience);
        }

        reading.Wait(Patience);
        _ = Close(master);
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] text = new char[4096];

        // A terminal that nobody holds any more reports an error.
        while (Read(master, buffer, buffer.Length) is > 0 and var count)
        {
            int chars = decoder.GetChars(buffer, 0, (int)count, text, 0);
            lock (shown) shown.Append(text, 0, chars);
        }
    }

    private int Wait()
    {
        const int interrupted = 4;
        while (true)
        {
            if (Waitpid(process, out int status, 0) == process) return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
            if (Marshal.GetLastPInvokeError() != interrupted) throw new InvalidOperationException($"waiting for the host: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static nint Zeroed()
    {
        nint memory = Marshal.AllocHGlobal(StructureBytes);
        Marshal.Copy(new byte[StructureBytes], 0, memory, StructureBytes);
        return memory;
    }

    private static int Check(int result, string doing) => result >= 0 && (result == 0 || doing is "opening a terminal" or "typing")
        ? result
        : throw new InvalidOperationException($"{doing}: {result}, {Marshal.GetLastPInvokeErrorMessage()}");

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)] private static partial int PosixOpenpt(int flags);
    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)] private static partial int Grantpt(int file);
    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)] private static partial int Unlockpt(int file);
    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)] private static partial int PtsnameR(int file, nint name, nint length);
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)] private static partial int Ioctl(int file, nint request, ref WindowSize size);
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)] private static partial nint Read(int file, [Out] byte[] buffer, nint count);
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)] private static partial nint Write(int file, byte[] buffer, nint count);
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)] private static partial int Close(int file);
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)] private static partial int Kill(int process, int signal);
    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)] private static partial int Waitpid(int process, out int status, int options);
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")] private static partial int AttributesInit(nint attributes);
    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")] private static partial int AttributesSetFlags(nint attributes, short flags);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")] private static partial int ActionsInit(nint actions);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")] private static partial int ActionsAddOpen(nint actions, int file, nint path, int flags, int mode);
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")] private static partial int ActionsAddDup2(nint actions, int file, int other);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int process, string program, nint actions, nint attributes, string?[] arguments, string?[] environment);
}
