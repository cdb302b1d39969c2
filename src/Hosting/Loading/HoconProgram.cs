using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Composing;
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
        PipelineDefinition[] composed = [.. pipelines.Select(pipeline => PipelineComposer.Compose(pipeline, Folder, problems))];
        if (composed.Length == 0)
        {
            problems.Add(
                ProblemCodes.NoPipeline, new SourcePlace(path, 0, 0), "the file defines no pipeline",
                "Write stream-engine.pipelines.NAME { source { ... } sink { ... } }; connectors list shows what there is to compose them of.");
        }

        return composed;
    }
}
