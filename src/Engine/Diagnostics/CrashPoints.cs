using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace StreamEngine.Diagnostics;

/// <summary>
/// Named places at which the process can be made to die, for tests: <c>STREAMENGINE_CRASH_AT=name</c> dies at the first time the place is
/// passed, <c>name:n</c> at the n-th. Dying is a SIGKILL of the process by itself: nothing is flushed, no handler runs.
/// <c>STREAMENGINE_PAUSE_AT</c> is armed alike, and stops the process (SIGSTOP) until it is told to go on (SIGCONT).
/// </summary>
internal static partial class CrashPoints
{
    /// <summary>The environment variable that arms one to die at.</summary>
    public const string Variable = "STREAMENGINE_CRASH_AT";

    /// <summary>The environment variable that arms one to pause at.</summary>
    public const string PauseVariable = "STREAMENGINE_PAUSE_AT";

    /// <summary>All outputs of an epoch are sealed, nothing is committed.</summary>
    public const string AfterSeal = "after-seal";

    /// <summary>The commit is about to be written.</summary>
    public const string BeforeCommit = "before-commit";

    /// <summary>The commit is durable, and nobody was told.</summary>
    public const string AfterCommit = "after-commit";

    /// <summary>Files are staged and synced, and the log doesn't hold them as sealed.</summary>
    public const string Staged = "staged-before-sealed";

    /// <summary>The log holds files as sealed, and none is published.</summary>
    public const string Sealed = "sealed-before-published";

    /// <summary>Files are published, and the log doesn't say so.</summary>
    public const string Published = "published-before-noted";

    /// <summary>Between two steps of a pipeline's start.</summary>
    public const string Start = "start-step";

    /// <summary>A task of a start before is fenced, others may not be yet: on a log that fences them one by one.</summary>
    public const string Fence = "fence-step";

    /// <summary>Between two steps of a task's start.</summary>
    public const string TaskStart = "task-start-step";

    /// <summary>Before an event is written to the journal.</summary>
    public const string Journal = "journal-write";

    /// <summary>An internal topic is being purged.</summary>
    public const string Purge = "purge";

    /// <summary>Between two steps of a reset or a deletion.</summary>
    public const string Reset = "reset-step";

    /// <summary>A checkpoint is copied, and its manifest isn't in its place.</summary>
    public const string Checkpoint = "checkpoint-before-manifest";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [AfterSeal, BeforeCommit, AfterCommit, Staged, Sealed, Published, Start, Fence, TaskStart, Journal, Purge, Reset, Checkpoint];

    private static readonly (string Name, int At) Death = Parse(Variable, Environment.GetEnvironmentVariable(Variable));
    private static readonly (string Name, int At) Stop = Parse(PauseVariable, Environment.GetEnvironmentVariable(PauseVariable));
    private static int passedDeath, passedStop;

    /// <summary>Pauses or dies here when this place is armed and was passed often enough.</summary>
    public static void Pass(string name)
    {
        if (IsReached(Stop, name, ref passedStop))
        {
            Say($"{PauseVariable}: pausing at {name}");
            _ = kill(Environment.ProcessId, OperatingSystem.IsMacOS() ? 17 : 19);
        }

        if (!IsReached(Death, name, ref passedDeath)) return;
        Say($"{Variable}: dying at {name}");
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>The place that is armed, and at which time it is passed; no place for nothing.</summary>
    /// <exception cref="ArgumentException">There is no such place, or no such time.</exception>
    internal static (string Name, int At) Parse(string variable, string? armed)
    {
        if (string.IsNullOrEmpty(armed)) return ("", 0);
        string[] parts = armed.Split(':', 2);
        if (!All.Contains(parts[0])) throw new ArgumentException($"{variable}={armed}: there is no such place; there are {string.Join(", ", All)}");
        if (parts.Length == 1) return (parts[0], 1);
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at > 0
            ? (parts[0], at)
            : throw new ArgumentException($"{variable}={armed}: behind the colon stands the number of the time at which it is passed, from 1");
    }

    private static bool IsReached((string Name, int At) armed, string name, ref int passed) =>
        armed.Name.Length > 0 && armed.Name == name && Interlocked.Increment(ref passed) == armed.At;

    private static void Say(string text)
    {
        Console.Error.WriteLine(text);
        Console.Error.Flush();
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
