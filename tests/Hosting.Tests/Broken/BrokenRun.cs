using StreamEngine.Conformance;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Checks;
using StreamEngine.Hosting.Loading;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Tests.Broken;

/// <summary>Runs a case as <c>check FILE</c> does, in this process.</summary>
internal static class BrokenRun
{
    /// <summary>What is found, in the order in which it is told.</summary>
    public static IReadOnlyList<Problem> Of(BrokenCase given) => Of(given, out _);

    /// <summary>What is told, as the case has it: without the folder that its files are in.</summary>
    public static string TextOf(BrokenCase given)
    {
        IReadOnlyList<Problem> problems = Of(given, out string folder);
        return string.Join('\n', problems).Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).TrimEnd('\n');
    }

    private static List<Problem> Of(BrokenCase given, out string path)
    {
        using var folder = new TemporaryFolder();
        path = folder.Path;
        foreach ((string name, byte[] content) in given.Files)
        {
            string file = folder.Combine(name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        return Check(folder, given);
    }

    private static List<Problem> Check(TemporaryFolder folder, BrokenCase given)
    {
        string file = folder.Combine(given.Files[0].Key);
        var problems = new List<Problem>();
        try
        {
            IPipelineProgram program = PipelineLoader.At(file, _ => { });
            string[] files = [.. program.SettingsFiles, .. given.Configs.Select(name => folder.Combine(name))];
            var settings = EngineSettings.Load(new SettingsSources { Files = files, Environment = given.Environment, Assignments = given.Sets }, program.FindProblems);
            problems.AddRange(settings.Warnings);
            PipelineCheck check = PipelineCheck.Of(program, file, settings);
            problems.AddRange(check.Problems);
            if (given.Connects) problems.AddRange(ConnectionCheck.Of(check.Plans, settings.Log, folder.Combine("data")).Select(result => result.Problem).OfType<Problem>());
        }
        catch (ProblemException e)
        {
            problems.AddRange(e.Problems);
        }

        return problems;
    }
}
