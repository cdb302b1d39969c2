using System.Diagnostics;
using System.Globalization;
using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>An engine as a process that runs until it is asked to stop.</summary>
internal sealed class EngineProcess : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private bool disposed;

    private EngineProcess(Process process) => this.process = process;

    public static EngineProcess Start(IReadOnlyList<string> command) => new(Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!);

    /// <summary>Waits until something is so.</summary>
    /// <exception cref="EngineException">The process has ended, or it takes too long.</exception>
    public async Task UntilAsync(Func<Task<bool>> condition, CancellationToken stop)
    {
        bool came = await Condition.BecomesTrueAsync(
            () => process.HasExited
                ? throw new EngineException(ErrorDomain.External, $"the engine ended with exit code {process.ExitCode}", "What it printed says why.")
                : condition(),
            StartPatience,
            stop);
        if (!came) throw new EngineException(ErrorDomain.External, $"the engine has not got far within {StartPatience.TotalSeconds:0} s", "What it printed may say why.");
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
        disposed = true;
        process.Dispose();
    }

    /// <summary>Asks it to stop, and ends it if it doesn't.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        if (!process.HasExited)
        {
            using Process asking = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            if (!process.WaitForExit(StopPatience)) process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
