using System.Diagnostics;

namespace StreamEngine.Tests.Children;

/// <summary>This assembly as a process of its own. It is dead when this is disposed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public StreamReader Output => process.StandardOutput;

    /// <summary>Starts one.</summary>
    /// <param name="arguments">What <see cref="Program"/> is to do.</param>
    /// <param name="environment">Variables it gets besides this process' own.</param>
    public static ChildProcess Start(IEnumerable<string> arguments, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, ["exec", typeof(Program).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Kills it as <c>kill -9</c> does, and returns what it had still said.</summary>
    public string Kill()
    {
        process.Kill();
        string rest = Output.ReadToEnd();
        process.WaitForExit();
        return rest;
    }

    /// <summary>Waits for its end, and returns what it had still said.</summary>
    public string WaitForEnd()
    {
        string rest = Output.ReadToEnd();
        process.WaitForExit();
        return rest;
    }

    /// <summary>Lets it end by itself.</summary>
    public void Release()
    {
        process.StandardInput.Close();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }
}
