using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Hosting.Running;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>Runs files of pipelines in this process, by the loader and the session that the command uses.</summary>
internal static class HoconRun
{
    /// <summary>Runs a file's pipelines to the end of their input.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="EngineException">Nothing was started.</exception>
    public static Task<int> RunAsync(string path, string dataFolder)
    {
        (IPipelineProgram program, EngineSettings settings) = Load(path);
        return RunSession.RunAsync(new RunSession.Options { Program = program, DataFolder = dataFolder, Settings = settings, Follows = false });
    }

    /// <summary>What is wrong with a file of pipelines, as it is shown; empty when nothing is.</summary>
    public static string Problems(string path)
    {
        try
        {
            (IPipelineProgram program, EngineSettings settings) = Load(path);
            program.Load(settings);
            return "";
        }
        catch (ProblemException e)
        {
            return string.Join('\n', e.Problems);
        }
    }

    private static (IPipelineProgram Program, EngineSettings Settings) Load(string path)
    {
        IPipelineProgram program = PipelineLoader.At(path, _ => { });
        return (program, EngineSettings.Load(new SettingsSources { Files = program.SettingsFiles, Environment = SettingsSources.OfProcess() }, program.FindProblems));
    }
}
