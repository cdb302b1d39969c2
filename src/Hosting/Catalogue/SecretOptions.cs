using StreamEngine.Contracts.Catalogue;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.Catalogue;

/// <summary>Which options in the block of a pipeline without code are secrets, so that they are masked wherever settings are shown.</summary>
internal static class SecretOptions
{
    /// <summary>Whether the value at a path is one. Items of a list have the path of the list, so that one which is a secret in any of them is one in all.</summary>
    /// <param name="pipeline">The pipeline's block.</param>
    /// <param name="path">The path in it: <c>sinks</c>, <c>shop</c>, <c>connection</c>.</param>
    public static bool Has(HoconObject pipeline, IReadOnlyList<string> path) => path.ToArray() switch
    {
        ["source" or "sink", .. var rest] => IsSecret(pipeline.Find(path[0])?.Value, "connector", rest),
        ["sources" or "sinks", _, .. var rest] => IsSecret(pipeline.Find(path[0], path[1])?.Value, "connector", rest),
        ["transforms", .. var rest] => IsSecret(pipeline.Find(path[0])?.Value, "transform", rest),
        _ => false,
    };

    private static bool IsSecret(HoconValue? blocks, string keyword, string[] path) => blocks switch
    {
        HoconArray array => array.Items.Any(item => IsSecret(item, keyword, path)),
        HoconObject block when block.TryGet(keyword, out HoconField? name) && name.Value is HoconScalar { Text: var wanted } =>
            StageCatalog.All.Where(component => component.Name == wanted).Any(component => IsSecret(component.Options, path)),
        _ => false,
    };

    private static bool IsSecret(IReadOnlyList<OptionDefinition> options, string[] path)
    {
        foreach (OptionDefinition option in options)
        {
            string[] name = option.Name.Split('.');
            if (!path.AsSpan().StartsWith(name)) continue;
            string[] rest = path[name.Length..];
            if (option.IsSecret || option.Item is { IsSecret: true }) return true;
            if (option.Options.Count > 0 && IsSecret(option.Options, rest)) return true;
            if (option.Item is { Options: { Count: > 0 } inner } && IsSecret(inner, option.Type == OptionType.Map ? [.. rest.Skip(1)] : rest)) return true;
        }

        // A misspelt secret is one all the same.
        string given = string.Join('.', path);
        return options.All(option => option.Name != given) && NearestKey.To(given, options.Select(option => option.Name)) is { } meant && options.First(option => option.Name == meant).IsSecret;
    }
}
