using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Settings;
using StreamEngine.Settings.Options;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>Explains settings from their definitions.</summary>
internal static class SettingsReferenceText
{
    /// <summary>A setting with all there is to know of it.</summary>
    public static string Of(string path, OptionDefinition setting)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{path}\n  {OptionReading.Wanted(setting)}\n  default: {setting.Default}\n");
        if (SettingsCatalog.FormerNameOf(path) is { } former) text.Append(CultureInfo.InvariantCulture, $"  formerly: {former}\n");
        if (setting.IsSecret) text.Append("  a secret: masked wherever it is shown\n");
        foreach (string line in setting.Meaning.Split('\n')) text.Append(CultureInfo.InvariantCulture, $"  {line}\n");
        return text.ToString();
    }

    /// <summary>A setting as an object of JSON.</summary>
    public static JsonObject JsonOf(string path, OptionDefinition setting) => new()
    {
        ["key"] = path,
        ["type"] = setting.Type.ToString().ToLowerInvariant(),
        ["wanted"] = OptionReading.Wanted(setting),
        ["default"] = setting.Default,
        ["min"] = setting.Min,
        ["max"] = setting.Max,
        ["unit"] = setting.Type switch
        {
            OptionType.Duration => "ms",
            OptionType.Size => "bytes",
            _ => null,
        },
        ["choices"] = new JsonArray([.. setting.Choices.Select(choice => (JsonNode)choice)]),
        ["secret"] = setting.IsSecret,
        ["meaning"] = setting.Meaning,
    };
}
