using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace StreamEngine.Flights.Checks;

/// <summary>The host as a process of its own, with what it prints.</summary>
public sealed class HostProcess : IDisposable
{
    private readonly Process process;
    private bool disposed;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly Lock gate = new();

    private HostProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(output, line.Data);
        process.ErrorDataReceived += (_, line) => Take(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The repository that this was built in.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The example.</summary>
    public static string Flights => Path.Combine(Repository, "examples", "flights");

    /// <summary>The example's own input.</summary>
    public static string January => Path.Combine(Flights, "data", "flights-2001-01.csv.gz");

    /// <summary>Three million flights in a Parquet file, where the environment says there are; else null.</summary>
    public static string? ThreeMillion => Environment.GetEnvironmentVariable("STREAMENGINE_FLIGHTS") is { Length: > 0 } file && File.Exists(file) ? file : null;

    public string Output
    {
        get
        {
            lock (gate) return output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (gate) return errors.ToString();
        }
    }

    public int ExitCode => process.ExitCode;

    public bool HasExited => process.HasExited;

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>All it printed.</summary>
    public string Text => $"{Output}{Errors}";

    /// <summary>The host's program, to be run by <c>dotnet</c>.</summary>
    public static string Program { get; } = Path.Combine(Repository, "src", "Host", "bin", Configuration, "net10.0", "streamengine.dll");

    /// <summary>The example as a program of its own; there once something has built it.</summary>
    public static string FlightsProgram { get; } = Path.Combine(Flights, "bin", Configuration, "net10.0", "flights.dll");

    private static string Configuration => typeof(HostProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>Starts the host.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables that it gets.</param>
    public static HostProcess Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment) =>
        StartCommand(["dotnet", Program, .. arguments], Repository, environment);

    /// <summary>Starts a command in which the host is run some other way than by itself.</summary>
    /// <param name="command">The command, and its arguments.</param>
    /// <param name="folder">The folder it works in.</param>
    /// <param name="environment">Variables that it gets.</param>
    public static HostProcess StartCommand(IReadOnlyList<string> command, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Runs the host to its end.</summary>
    public static HostProcess Run(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        HostProcess host = Start(arguments, environment);
        host.WaitForExit();
        return host;
    }

    /// <summary>Gives it a text to read, and ends its input.</summary>
    public void Send(string text)
    {
        Write(text);
        process.StandardInput.Close();
    }

    /// <summary>Gives it a text to read, and leaves its input open.</summary>
    public void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        process.StandardInput.BaseStream.Write(bytes);
        process.StandardInput.BaseStream.Flush();
    }

    /// <summary>Waits for its end.</summary>
    public void WaitForExit()
    {
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            Kill();
            throw new TimeoutException($"the host didn't end within 5 minutes:\n{Output}\n{Errors}");
        }

        // The second wait is for what it printed last.
        process.WaitForExit();
    }

    /// <summary>Waits for its end, at most so long.</summary>
    public bool WaitForExit(TimeSpan most) => process.WaitForExit(most);

    /// <summary>Kills it as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Interrupts it as Ctrl+C does.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Holds it, as <c>kill -STOP</c> does.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets it go on, as <c>kill -CONT</c> does.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Waits for a condition while it runs.</summary>
    /// <exception cref="TimeoutException">It ended, or took too long, and the condition doesn't hold.</exception>
    public void WaitFor(Func<bool> condition, string what)
    {
        if (SpinWait.SpinUntil(() => condition() || HasExited, TimeSpan.FromMinutes(2)) && (!HasExited || condition())) return;
        throw new TimeoutException($"{what}: this didn't come about\n{Text}");
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        if (!process.HasExited) Kill();
        process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void Take(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (gate) text.Append(line).Append('\n');
    }

    private static string FindRepository()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "StreamEngine.sln"))) return folder;
        }

        throw new InvalidOperationException("the tests are run from within the repository");
    }
}
