using System.Buffers;
using System.Text.Json;
using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>What the log keeps of a file that is sealed: enough to publish it without the sink that wrote it.</summary>
/// <param name="Folder">The folder it goes to, relative to the data directory.</param>
/// <param name="Staged">Its name while it is staged.</param>
/// <param name="Published">Its name once it is published.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record StagedFile(string Folder, string Staged, string Published, long Bytes)
{
    private const int Version = 1;

    /// <summary>Reads what <see cref="ToManifest"/> has written.</summary>
    /// <exception cref="EngineException">It is something else.</exception>
    public static StagedFile Parse(ReadOnlyMemory<byte> manifest)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(manifest);
            JsonElement root = document.RootElement;
            int version = root.GetProperty("version").GetInt32();
            var file = new StagedFile(
                root.GetProperty("folder").GetString()!, root.GetProperty("staged").GetString()!, root.GetProperty("published").GetString()!, root.GetProperty("bytes").GetInt64());
            if (version == Version && StagedNames.IsPlain(file.Staged) && StagedNames.IsPlain(file.Published)) return file;
            throw Unreadable($"version {version}, {file}", null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Unreadable(e.Message, e);
        }
    }

    /// <summary>The file as the log keeps it.</summary>
    public ReadOnlyMemory<byte> ToManifest()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("folder", Folder);
            json.WriteString("staged", Staged);
            json.WriteString("published", Published);
            json.WriteNumber("bytes", Bytes);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static EngineException Unreadable(string what, Exception? inner) => new(
        ErrorDomain.Data, $"a note of a sealed file in the log can't be read: {what}", "Run the build of the engine that wrote it, or a newer one.", inner);
}
