using System.Text;

namespace StreamEngine.Settings.Hocon;

/// <summary>Paths as texts.</summary>
internal static class HoconPath
{
    /// <summary>A path as it can be written in a file: elements that need quotes have them.</summary>
    public static string Render(params ReadOnlySpan<string> path)
    {
        var text = new StringBuilder();
        foreach (string name in path)
        {
            if (text.Length > 0) text.Append('.');
            if (IsPlain(name)) text.Append(name);
            else HoconText.AppendQuoted(text, name);
        }

        return text.ToString();
    }

    /// <summary>Whether a name is read as itself without quotes, by every parser.</summary>
    public static bool IsPlain(string name) =>
        name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && !name.AsSpan(1).ContainsAnyExcept(HoconText.PlainChars)
        && name is not ("include" or "true" or "false" or "null");
}
