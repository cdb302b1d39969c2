using System.Diagnostics;
using StreamEngine.Diagnostics;

namespace StreamEngine.Hosting.Loading;

/// <summary>Calls the .NET SDK.</summary>
internal static class DotnetBuild
{
    /// <summary>Builds a project in the host's own configuration.</summary>
    /// <param name="project">The project.</param>
    /// <param name="name">What the user knows it by.</param>
    /// <returns>The assembly.</returns>
    /// <exception cref="EngineException">It can't be built, with the compiler's errors; or there is no SDK.</exception>
    public static string Build(string project, string name)
    {
        string configuration = HostAssemblies.Configuration;
        var start = new ProcessStartInfo(Dotnet)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(project),
        };

        // The build's own node would outlive it, and hold the files it has loaded.
        foreach (string argument in (string[])["build", project, "-c", configuration, "--nologo", "-nodeReuse:false", "-t:Build", "-getProperty:TargetPath"]) start.ArgumentList.Add(argument);

        // What tells a program of the host from one of the SDK's must not reach the build.
        foreach (string variable in (string[])["MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath"]) start.Environment.Remove(variable);

        // A project that is built against an installed host finds it by this, wherever it was when the project was made.
        start.Environment["StreamEngineHost"] = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);

        // What greets a new user would come before the answer.
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Start(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        if (process.ExitCode == 0 && File.Exists(output)) return output;
        throw new EngineException(
            ErrorDomain.User,
            $"{name} can't be built:\n  {CompilerErrors.Of($"{errors.Result}\n{output}", project).ReplaceLineEndings("\n  ")}",
            $"Mend it; dotnet build -c {configuration} {project} shows the same.");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EngineException(
                ErrorDomain.User, $"pipelines in C# are built by the .NET SDK, and '{start.FileName}' can't be started: {e.Message}", "Install the .NET 10 SDK, and have dotnet on the PATH.", e);
        }
    }

    /// <summary>The program: that which started this process where it says so, else whichever is on the path.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host) ? host : "dotnet";
}
