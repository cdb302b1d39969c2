using System.Text;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>
/// Settings from the environment. <c>STREAMENGINE_PIPELINE_COMMIT_INTERVAL</c> is <c>stream-engine.pipeline.commit.interval</c>: one underscore is a dot, two are
/// a hyphen, three an underscore, and letters are small, as HOCON's own libraries have it. A variable whose first part is no block of the
/// engine's settings is somebody else's (<c>STREAMENGINE_SERVICE_HOST</c>), and is left alone.
/// </summary>
internal static class EnvironmentLayer
{
    /// <summary>What the names of variables begin with.</summary>
    public const string Prefix = "STREAMENGINE_";

    /// <summary>The settings of an environment.</summary>
    public static HoconDocument Of(IReadOnlyDictionary<string, string> environment) => HoconDocument.OfFields(
        from variable in environment
        where variable.Key.StartsWith(Prefix, StringComparison.Ordinal) && variable.Key.Length > Prefix.Length
        let path = PathOf(variable.Key)
        where SettingsReference.Root.Find("stream-engine", path[1]) is not null
        orderby variable.Key
        select ((IReadOnlyList<string>)path, variable.Value, new SourcePlace($"environment variable {variable.Key}", 0, 0)));

    /// <summary>The path that a variable sets.</summary>
    public static string[] PathOf(string variable)
    {
        var path = new List<string> { "stream-engine" };
        var part = new StringBuilder();
        string name = variable[Prefix.Length..];
        for (int at = 0; at < name.Length;)
        {
            if (name[at] != '_')
            {
                part.Append(char.ToLowerInvariant(name[at++]));
                continue;
            }

            int underscores = 0;
            while (at < name.Length && name[at] == '_' && underscores < 3)
            {
                underscores++;
                at++;
            }

            if (underscores > 1)
            {
                part.Append(underscores == 2 ? '-' : '_');
                continue;
            }

            path.Add(part.ToString());
            part.Clear();
        }

        path.Add(part.ToString());
        return [.. path];
    }
}
