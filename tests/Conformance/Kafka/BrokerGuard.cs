using System.Diagnostics;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// A shell that outlives this process by a moment: it knows which brokers run, and when the pipe to it closes, as it does by whatever way this
/// process ends, kills them and removes their folder. Signals to the whole group, such as those of a deadline on the tests, pass it by.
/// </summary>
internal sealed class BrokerGuard : IDisposable
{
    /// <summary>Each line that it reads has the ids of all brokers that run. It waits for them to be gone, for ten seconds at most.</summary>
    private const string Script = """
        trap '' HUP INT TERM
        while read -r line; do brokers=$line; done
        for broker in $brokers; do kill -KILL "$broker"; done
        for n in $(seq 100); do
          for broker in $brokers; do kill -0 "$broker" && sleep 0.1 && continue 2; done
          break
        done
        rm -rf "$0"
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private readonly HashSet<int> running = [];
    private readonly Process shell;
    private bool isClosed;

    public BrokerGuard(string folder) =>
        shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec >/dev/null 2>&1\n{Script}", folder]) { WorkingDirectory = "/", RedirectStandardInput = true })!;

    /// <summary>Tells it of a broker that runs.</summary>
    public void Add(int process) => Tell(() => running.Add(process));

    /// <summary>Tells it of a broker that has ended, whose id may soon be another's.</summary>
    public void Remove(int process) => Tell(() => running.Remove(process));

    /// <summary>Closes the pipe, and waits until it has done its work.</summary>
    /// <exception cref="InvalidOperationException">It takes too long.</exception>
    public void LetGo()
    {
        lock (running)
        {
            isClosed = true;
            shell.StandardInput.Close();
        }

        if (!shell.WaitForExit(Deadline)) throw new InvalidOperationException($"brokers were not gone within {Deadline.TotalSeconds:0} s after their tests");
    }

    public void Dispose()
    {
        LetGo();
        shell.Dispose();
    }

    private void Tell(Func<bool> change)
    {
        lock (running)
        {
            if (!change() || isClosed) return;
            shell.StandardInput.WriteLine(string.Join(' ', running));
            shell.StandardInput.Flush();
        }
    }
}
