using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngine.Contracts;
using StreamEngine.Operators;

namespace StreamEngine.Hosting.Loading;

/// <summary>What a program was built from last. Asking the build whether there is anything to do takes seconds; comparing this, milliseconds.</summary>
/// <param name="Hash">Of the content of all inputs, and of the host.</param>
/// <param name="Assembly">What was built.</param>
internal sealed record BuildStamp(string Hash, string Assembly)
{
    /// <summary>The stamp in a file; null when there is none that can be read.</summary>
    public static BuildStamp? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), StampJson.Default.BuildStamp);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static void Write(string file, BuildStamp stamp)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(stamp, StampJson.Default.BuildStamp));
    }

    /// <summary>A hash of files' names and content, and of the host's own build.</summary>
    public static string HashOf(IEnumerable<string> files)
    {
        var hash = new XxHash128();
        foreach (Type type in (Type[])[typeof(ILog), typeof(PipelineBuilder), typeof(StreamApp), typeof(Files.Files), typeof(Sql.Sqlite)])
        {
            hash.Append(type.Module.ModuleVersionId.ToByteArray());
        }

        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            hash.Append(Encoding.UTF8.GetBytes(file));
            hash.Append(XxHash128.Hash(File.ReadAllBytes(file)));
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }
}

/// <summary>How stamps are written.</summary>
[JsonSerializable(typeof(BuildStamp))]
internal sealed partial class StampJson : JsonSerializerContext;
