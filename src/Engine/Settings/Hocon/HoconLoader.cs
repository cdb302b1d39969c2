using System.Text;
using System.Text.Json;
using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>Reads files, and those that they include, within the limits.</summary>
internal sealed partial class HoconLoader(HoconLimits limits) : IHoconIncluder
{
    /// <summary>The files that are being read, each included by the one before it: as named, and as found.</summary>
    private readonly List<(string Origin, string Full)> reading = [];

    private long bytes;
    private int includes;

    /// <summary>What documents may take.</summary>
    public HoconLimits Limits { get; } = limits;

    /// <summary>What is wrong.</summary>
    public HoconProblems Problems { get; } = new();

    /// <summary>What was read.</summary>
    public HoconSources Sources { get; } = new();

    /// <summary>Reads a file.</summary>
    public ObjectNode Load(string path)
    {
        if (File.Exists(path)) return Read(path, null, [], out _);
        string what = Directory.Exists(path) ? $"{path} is a directory" : $"there is no file {path}";
        Problems.Add(new Problem(
            ProblemCodes.FileUnreadable, new SourcePlace(path, 0, 0), what, "Name a file of settings; a relative path starts at the working directory."));
        return new ObjectNode(default);
    }

    /// <summary>Reads a text; when its origin is a file, what it includes is looked for beside it.</summary>
    public ObjectNode Parse(string text, string origin)
    {
        if (Path.IsPathRooted(origin) || File.Exists(origin)) reading.Add((origin, Path.GetFullPath(origin)));
        bytes = text.Length;
        if (bytes <= Limits.FileBytesMax) return ParserOf(text, origin, []).Parse();
        Problems.Add(TooLarge(new SourcePlace(origin, 0, 0), origin, Limits.FileBytesMax));
        return new ObjectNode(default);
    }

    /// <summary>Reads <c>KEY=VALUE</c>, whose value needs no quotes around what only means something in a file.</summary>
    public ObjectNode ParseAssignment(string text, string origin)
    {
        int separator = SeparatorOf(text);
        string value = separator < 0 ? "" : text[(separator + 1)..].Trim();
        bool isPlain = value.Length > 0 && value[0] is not ('"' or '{' or '[') && !value.Contains("${", StringComparison.Ordinal)
            && (value.Contains("//", StringComparison.Ordinal) || value.AsSpan().ContainsAny('\n', '#') || value.Any(c => HoconText.IsForbidden(c)))
            && !HoconText.IsNumber(value);
        if (!isPlain) return ParserOf(text, origin, []).ParseAssignment();
        var quoted = new StringBuilder(text, 0, separator + 1, text.Length + 16);
        HoconText.AppendQuoted(quoted, value);
        return ParserOf(quoted.ToString(), origin, []).ParseAssignment();
    }

    /// <summary>Where the key of an assignment ends: at the first separator outside quotes.</summary>
    private static int SeparatorOf(string text)
    {
        bool quoted = false;
        for (int n = 0; n < text.Length; n++)
        {
            if (text[n] == '\\' && quoted) n++;
            else if (text[n] == '"') quoted = !quoted;
            else if (!quoted && text[n] is '=' or ':') return n;
            else if (!quoted && text[n] == '{') return -1;
        }

        return -1;
    }

    private HoconParser ParserOf(string text, string origin, IReadOnlyList<string> prefix) =>
        new(Add(text, origin), prefix, this, Limits, Problems);

    /// <summary>Notes a text for the problems that may come of it.</summary>
    private SourceText Add(string text, string origin)
    {
        var source = new SourceText(origin, text.StartsWith('\uFEFF') ? text[1..] : text);
        int nul = source.Text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            Problems.Add(source.Problem(ProblemCodes.NotText, nul, "there is a NUL character", "Settings are plain text; take it out, and check that this is the right file."));
            source = new SourceText(origin, source.Text.Replace('\0', ' '));
        }

        Sources.Add(source);
        return source;
    }

    private ObjectNode Read(string path, Include? include, IReadOnlyList<string> prefix, out bool hasSubstitutions)
    {
        hasSubstitutions = false;
        SourcePlace place = include is null ? new SourcePlace(path, 0, 0) : include.Source.PlaceOf(include.At);
        if (ReadText(path, place) is not { } text) return new ObjectNode(default);
        reading.Add((path, Path.GetFullPath(path)));
        try
        {
            if (path.EndsWith(".properties", StringComparison.OrdinalIgnoreCase))
            {
                return PropertiesParser.Parse(Add(text, path), prefix.Count, Limits, Problems);
            }

            if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !CheckJson(path, text)) return new ObjectNode(default);
            HoconParser parser = ParserOf(text, path, prefix);
            ObjectNode root = parser.Parse();
            hasSubstitutions = parser.HasSubstitutions;
            return root;
        }
        finally
        {
            reading.RemoveAt(reading.Count - 1);
        }
    }

    /// <summary>Reads a file as text; null when that can't be, which is reported where it is asked for.</summary>
    private string? ReadText(string path, SourcePlace place)
    {
        byte[] content;
        int length = 0;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            long most = Math.Min(Limits.FileBytesMax, Limits.TotalBytesMax - bytes);
            content = new byte[Math.Min(Math.Max(file.CanSeek ? file.Length : 0, 4096), most) + 1];
            for (int read; (read = file.Read(content.AsSpan(length))) > 0;)
            {
                length += read;
                if (length > most)
                {
                    Problems.Add(TooLarge(place, path, most));
                    return null;
                }

                if (length == content.Length) Array.Resize(ref content, (int)Math.Min(content.Length * 2L, most + 1));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Problems.Add(new Problem(
                ProblemCodes.FileUnreadable, place, $"{path} can't be read: {e.Message.TrimEnd('.')}",
                "Check that it is a file and who may read it.") { SourceLine = Sources.LineAt(place) });
            return null;
        }

        bytes += length;
        return Decode(path, content.AsSpan(0, length));
    }

    private string? Decode(string path, ReadOnlySpan<byte> content)
    {
        if (content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            Problems.Add(new Problem(ProblemCodes.NotText, new SourcePlace(path, 0, 0), $"{path} is in UTF-16", "Save it as UTF-8."));
            return null;
        }

        if (content.StartsWith("\uFEFF"u8)) content = content[3..];
        string text = Encoding.UTF8.GetString(content);
        int bad = System.Text.Unicode.Utf8.IsValid(content) ? -1 : FirstInvalid(content);
        if (bad >= 0)
        {
            var source = new SourceText(path, text);
            Problems.Add(source.Problem(
                ProblemCodes.NotText, Encoding.UTF8.GetCharCount(content[..bad]), $"the byte {content[bad]:X2} here is not UTF-8",
                "Save the file as UTF-8, and check that this is the right file."));
        }

        return text;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> content)
    {
        for (int at = 0; at < content.Length;)
        {
            if (Rune.DecodeFromUtf8(content[at..], out _, out int used) != System.Buffers.OperationStatus.Done) return at;
            at += used;
        }

        return -1;
    }

    /// <summary>Whether a text is JSON: what is wider in HOCON isn't meant in a file that says it is JSON.</summary>
    private bool CheckJson(string path, string text)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = Limits.NestingMax + 1 });
        try
        {
            while (json.Read())
            {
            }

            return true;
        }
        catch (JsonException e)
        {
            var source = new SourceText(path, text);
            Sources.Add(source);
            string line = source.LineAt(new SourcePlace(path, (int)(e.LineNumber ?? 0) + 1, 1)) ?? "";
            int column = Encoding.UTF8.GetCharCount(Encoding.UTF8.GetBytes(line).AsSpan(0, (int)Math.Min(e.BytePositionInLine ?? 0, Encoding.UTF8.GetByteCount(line))));
            string what = WithoutAdvice(e.Message);
            Problems.Add(new Problem(
                ProblemCodes.BadJson, new SourcePlace(path, (int)(e.LineNumber ?? 0) + 1, column + 1), $"this is not JSON: {what}",
                "Mend it, or name the file .conf if it is meant to be HOCON.") { SourceLine = line });
            return false;
        }
    }

    /// <summary>What a reader of JSON says to users, without what it says to programmers.</summary>
    private static string WithoutAdvice(string message)
    {
        int end = message.IndexOf(" LineNumber", StringComparison.Ordinal);
        if (message.IndexOf(" which is not supported in this mode", StringComparison.Ordinal) is > 0 and var advice) end = advice;
        return end < 0 ? message : message[..end].TrimEnd('.');
    }

    private static Problem TooLarge(SourcePlace place, string path, long most) => new(
        ProblemCodes.TooLarge, place, $"{path} is larger than the {most:N0} bytes that settings may still have", "Check that this is the right file, and take out what isn't settings.");
}
