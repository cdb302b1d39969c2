using System.CommandLine;
using StreamEngine.Hosting.Catalogue;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.CommandLine.Config;

/// <summary><c>config get KEY</c>: one value, for scripts.</summary>
internal static class ConfigGet
{
    public static Command Create()
    {
        var key = new Argument<string>("KEY") { Description = "The setting: stream-engine.pipeline.tasks.max, or without stream-engine." };
        var origin = new Option<bool>("--origins") { Description = "Say behind it where the value comes from." };
        var command = new Command("get", "Print the value of a setting, or a block of them as JSON; secrets are masked.") { key, origin };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            EngineSettings settings = options.Read(parsed);
            (string path, HoconField field) = Find(settings, parsed.GetValue(key)!);
            Func<IReadOnlyList<string>, bool> isSecret = SecretPaths.Of(settings, SecretOptions.Has);
            string[] above = path.Split('.');
            string text = isSecret(above) ? Secret.Mask
                : field.Value is HoconScalar scalar ? scalar.Text
                : HoconWriter.ToJson(field.Value, indented: true, below => isSecret([.. above, .. below]));
            Console.Out.WriteLine(parsed.GetValue(origin) ? $"{text}\t{field.Value.Place}" : text);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The setting of a key; for one pipeline, what all pipelines have where it sets nothing itself.</summary>
    private static (string Path, HoconField Field) Find(EngineSettings settings, string key)
    {
        foreach (string full in SettingsKey.Readings(key))
        {
            if (settings.Resolved.Find(full.Split('.')) is { } field) return (full, field);
        }

        throw SettingsKey.Unknown(key, settings.Catalog);
    }
}
