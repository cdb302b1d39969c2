using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace StreamEngine.Flights.Checks;

/// <summary>The host as a process of its own, with what it prints.</summary>
public sealed class HostProcess : IDisposable
{
    private readonly Process process;
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

    /// <summary>Starts the host.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables that it gets.</param>
    public static HostProcess Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        string configuration = typeof(HostProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository,
        };
        start.ArgumentList.Add(Path.Combine(Repository, "src", "Host", "bin", configuration, "net10.0", "streamengine.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
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
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
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
