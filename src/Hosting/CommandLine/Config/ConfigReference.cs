using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Config;

/// <summary><c>config reference [KEY]</c>: what settings there are, and what they mean.</summary>
internal static class ConfigReference
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var key = new Argument<string?>("KEY") { Description = "A setting, or a block of them; all when left out.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "An array of objects: key, type, wanted, default, min, max, unit, choices, secret, meaning." };
        var command = new Command("reference", "Explain settings: type, default, unit, meaning.") { key, json };
        command.SetAction(parsed =>
        {
            KeyValuePair<string, OptionDefinition>[] found = [.. Find(EngineSettings.Load().Catalog, parsed.GetValue(key))];
            Console.Out.Write(parsed.GetValue(json)
                ? new JsonArray([.. found.Select(setting => (JsonNode)SettingsReferenceText.JsonOf(setting.Key, setting.Value))]).ToJsonString(Json) + "\n"
                : string.Join('\n', found.Select(setting => SettingsReferenceText.Of(setting.Key, setting.Value))));
            return ExitCode.Success;
        });
        return command;
    }

    private static IEnumerable<KeyValuePair<string, OptionDefinition>> Find(SettingsCatalog catalog, string? key)
    {
        if (key is null) return catalog.Definitions;
        foreach (string full in SettingsKey.Readings(key))
        {
            KeyValuePair<string, OptionDefinition>[] found =
                [.. catalog.Definitions.Where(setting => setting.Key == full || setting.Key.StartsWith(full + '.', StringComparison.Ordinal))];
            if (found.Length > 0) return found;
        }

        throw SettingsKey.Unknown(key, catalog);
    }
}
