using System.CommandLine;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Catalogue;
using StreamEngine.Hosting.Loading;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.CommandLine.Config;

/// <summary><c>config show</c>: the settings in effect, as HOCON or JSON, secrets masked.</summary>
internal static class ConfigShow
{
    public static Command Create(IPipelineProgram? own)
    {
        var file = new Argument<string[]>("FILE") { Description = "HOCON files of settings, as for --config.", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "As JSON; with --origins an object for each setting: key, value, origin." };
        var origins = new Option<bool>("--origins") { Description = "Say where each value comes from: file, line and column, environment, command line, code." };
        var pipelines = new Option<string?>("--pipelines") { Description = "Pipelines written in C#, whose code sets something too.", HelpName = "PATH" };
        var command = new Command("show", "Print the settings in effect; secrets are masked.") { file, json, origins, pipelines };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            IPipelineProgram? program = parsed.GetValue(pipelines) is { } path ? SharedOptions.ProgramAt(path, own) : own;
            var settings = EngineSettings.Load(options.Sources(parsed, [.. program?.SettingsFiles ?? [], .. parsed.GetValue(file)!]));
            foreach (Problem warning in settings.Warnings) ErrorText.Print(warning);
            IReadOnlyList<PipelineDefinition> defined = program?.Load(settings) ?? [];
            Console.Out.Write(TextOf(settings, defined, parsed.GetValue(json), parsed.GetValue(origins)));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>What is shown.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="defined">The pipelines in code, which set something too.</param>
    /// <param name="isJson">Whether as JSON.</param>
    /// <param name="hasOrigins">Whether with where each value comes from.</param>
    internal static string TextOf(EngineSettings settings, IEnumerable<PipelineDefinition> defined, bool isJson, bool hasOrigins)
    {
        HoconObject effective = Engine(settings.WithCode(defined));
        Func<IReadOnlyList<string>, bool> isSecret = SecretPaths.Of(settings, SecretOptions.Has);
        return (isJson, hasOrigins) switch
        {
            (true, true) => HoconWriter.ToJson(Origins(effective, isSecret), indented: true) + "\n",
            (true, false) => HoconWriter.ToJson(effective, indented: true, isSecret) + "\n",
            _ => HoconWriter.ToHocon(effective, new HoconRendering { HasOrigins = hasOrigins, IsSecret = isSecret }),
        };
    }

    /// <summary>What belongs to the engine and what is handed on; fields of the user's own have done their work when they are resolved.</summary>
    private static HoconObject Engine(HoconObject resolved) => new([.. resolved.Where(field => field.Name is EngineSettings.Root or "akka")], resolved.Place);

    private static HoconArray Origins(HoconObject block, Func<IReadOnlyList<string>, bool> isSecret) => new(
        [
            .. Leaves(block, []).Select(leaf => new HoconObject(
                [
                    Field("key", Text(string.Join('.', leaf.Path))),
                    Field("value", Masked(leaf.Value, leaf.Path, isSecret)),
                    Field("origin", Text(leaf.Value.Place.ToString())),
                ],
                default)),
        ],
        default);

    /// <summary>A value without the secrets in it.</summary>
    private static HoconValue Masked(HoconValue value, IReadOnlyList<string> path, Func<IReadOnlyList<string>, bool> isSecret) => value switch
    {
        _ when isSecret(path) => Text(Secret.Mask),
        HoconArray array => new HoconArray([.. array.Items.Select(item => Masked(item, path, isSecret))], array.Place),
        HoconObject block => new HoconObject([.. block.Select(field => field with { Value = Masked(field.Value, [.. path, field.Name], isSecret) })], block.Place),
        _ => value,
    };

    private static IEnumerable<(IReadOnlyList<string> Path, HoconValue Value)> Leaves(HoconObject block, IReadOnlyList<string> path) => block.SelectMany(field =>
        field.Value is HoconObject { Count: > 0 } inner ? Leaves(inner, [.. path, field.Name]) : [([.. path, field.Name], field.Value)]);

    private static HoconField Field(string name, HoconValue value) => new(name, value, default);

    private static HoconScalar Text(string text) => new(HoconKind.Text, text, default);
}
