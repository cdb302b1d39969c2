using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>Which values of a document are secrets, and are masked wherever it is shown.</summary>
internal static class SecretPaths
{
    /// <summary>Parts of names whose values are nobody's business, whoever reads them: a document has fields of the user's own.</summary>
    private static readonly string[] Telling = ["password", "passwd", "passphrase", "secret", "token", "credential"];

    /// <summary>The same of several words, between which a library's keys have dots: <c>ssl.key.pem</c> is a value below two blocks.</summary>
    private static readonly string[] TellingTogether = ["apikey", "privatekey", "connectionstring", "sasljaasconfig", "oauthbearerconfig", "keypem"];

    /// <summary>Whether a value is a secret by its name.</summary>
    public static bool ByName(IReadOnlyList<string> path)
    {
        if (path.Count == 0) return false;
        string name = Plain(path[^1]), last = string.Concat(path.TakeLast(3).Select(Plain));
        return name == "connection"
            || Telling.Any(part => name.Contains(part, StringComparison.Ordinal))
            || TellingTogether.Any(parts => last.EndsWith(parts, StringComparison.Ordinal) || name.Contains(parts, StringComparison.Ordinal));
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    /// <summary>Whether a value is a secret: by its definition, or by its name.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="options">Whether the option of a connector or transform at a path of a pipeline's block is one.</param>
    public static Func<IReadOnlyList<string>, bool> Of(EngineSettings settings, Func<HoconObject, IReadOnlyList<string>, bool>? options = null) => path =>
        (settings.Catalog.Definitions.TryGetValue(string.Join('.', path), out Contracts.Catalogue.OptionDefinition? definition) && definition.IsSecret)
        || ByName(path)
        || (options is not null && path.Count > 3 && settings.Resolved.Find([.. path.Take(3)])?.Value is HoconObject pipeline && options(pipeline, [.. path.Skip(3)]));
}
