using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Composing;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.Loading;

/// <summary>Pipelines without code: a file of HOCON, which is read as the lowest layer of the settings, so that every other layer can change them.</summary>
/// <param name="path">The file, as the user has named it.</param>
internal sealed class HoconProgram(string path) : IPipelineProgram
{
    public string Folder { get; } = Path.GetDirectoryName(Path.GetFullPath(path))!;

    public IReadOnlyList<string> SettingsFiles { get; } = [path];

    public void FindProblems(EngineSettings settings, ProblemList problems) => Compose(settings, problems);

    public IReadOnlyList<PipelineDefinition> Load(EngineSettings settings)
    {
        ProblemList problems = settings.NewProblems();
        PipelineDefinition[] composed = Compose(settings, problems);
        problems.ThrowIfErrors();
        return composed;
    }

    private PipelineDefinition[] Compose(EngineSettings settings, ProblemList problems)
    {
        HoconField[] pipelines = [.. settings.Pipelines.Where(pipeline => pipeline.Value is HoconObject block && SettingsCheck.IsWithoutCode(block))];

        // What is said of a name that can't be one is said where settings are checked.
        PipelineDefinition[] composed = [.. pipelines.Where(pipeline => NameRule.IsValid(pipeline.Name)).Select(pipeline => PipelineComposer.Compose(pipeline, Folder, settings.Clusters, problems))];

        // Where something else is wrong, the pipeline may be what is misspelt.
        if (pipelines.Length == 0 && !problems.HasErrors) ReportNone(settings.Pipelines.FirstOrDefault(), problems);
        return composed;
    }

    private void ReportNone(HoconField? tuned, ProblemList problems) => problems.Add(
        ProblemCodes.NoPipeline,
        tuned?.KeyPlace ?? new SourcePlace(path, 0, 0),
        tuned is null ? "the file defines no pipeline" : $"the file defines no pipeline: {tuned.Name} has settings, and neither a source nor a sink",
        "Write stream-engine.pipelines.NAME { source { ... }, sink { ... } }; connectors list shows what there is to compose them of.");
}
