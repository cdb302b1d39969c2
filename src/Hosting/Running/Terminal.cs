using Spectre.Console;
using StreamEngine.Hosting.CommandLine;

namespace StreamEngine.Hosting.Running;

/// <summary>
/// Where a run shows what it does: a terminal gets a live table and colours, a pipe plain lines. Results go to standard output, the rest to
/// standard error. Thread-safe.
/// </summary>
internal sealed class Terminal
{
    private IAnsiConsole? console;

    /// <summary>Whether a person looks at it, on a terminal that can be drawn on.</summary>
    public bool IsInteractive { get; } = TextStyle.CanSteer && !Console.IsOutputRedirected && !Console.IsErrorRedirected;

    /// <summary>The terminal for what is drawn; only used by a person's run, since it takes a while to set up.</summary>
    public IAnsiConsole Drawing => LazyInitializer.EnsureInitialized(ref console, () => AnsiConsole.Create(new AnsiConsoleSettings()));

    /// <summary>Gives a terminal back that something is drawn on.</summary>
    public void Restore()
    {
        if (IsInteractive) Drawing.Cursor.Show(show: true);
    }

    /// <summary>A line about the run, not part of its result.</summary>
    public void Note(string line)
    {
        if (IsInteractive) Drawing.WriteLine(line);
        else Console.Error.WriteLine(line);
    }

    /// <summary>A line of the result; whatever was drawn is over by then.</summary>
    public static void Result(string line) => Console.Out.WriteLine(line);
}
