using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>Files as a source: each is a partition, under its path relative to the pipeline's folder. A position is a byte and a line in a file known by its beginning.</summary>
internal sealed class FileSourceDefinition<T>(string path, RecordFormat<T> format) : SourceDefinition<NoKey, T>
{
    public override string Connector => "files";

    public override string Target => path;

    public override string Slug => FileSlug.Of(path);

    public override ISource Open(SourceContext context) => new FileSource<T>(path, format, context);
}

/// <summary>What paths become in names of stages.</summary>
internal static class FileSlug
{
    /// <summary>The last part of a path that says something, without its ending.</summary>
    public static string Of(string path)
    {
        string[] parts = path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        string telling = parts.LastOrDefault(part => Cleaned(part).Length > 0) ?? "";
        return Cleaned(telling) is { Length: > 0 } slug ? slug : "files";
    }

    private static string Cleaned(string part)
    {
        string stem = part.AsSpan().IndexOfAny('*', '?') >= 0 ? "" : part.Split('.').FirstOrDefault(piece => piece.Length > 0, "");
        string clean = string.Concat(stem.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')).Trim('-', '_');
        return clean[..Math.Min(clean.Length, NameRule.LengthMax / 2)];
    }
}

/// <summary>A client of files.</summary>
internal sealed class FileSource<T>(string path, RecordFormat<T> format, SourceContext context) : ISource
{
    private readonly FileSet files = new(path, context.Folder);

    public void Connect() => files.Check(mayBeEmpty: context.Follows);

    public IReadOnlyList<SourcePartition> Partitions() => [.. files.Find().Select((name, index) => new SourcePartition(name, index))];

    public Position Begin(SourcePartition partition) => FilePosition.Start.ToPosition();

    public IReadOnlyList<StartPlaceKind> Places => [StartPlaceKind.Earliest, StartPlaceKind.Latest];

    /// <summary>A file's end is found by reading it: what is a record, a line and the length of compressed content, nobody knows before.</summary>
    public Position PositionAt(SourcePartition partition, StartPlace place)
    {
        Position begin = Begin(partition);
        if (place.Kind == StartPlaceKind.Earliest) return begin;
        using ISourceReader reader = OpenReader(new ChunkPool(), 0);
        reader.Assign(partition, begin);
        reader.Finish();
        while (true)
        {
            if (reader.Poll(TimeSpan.Zero) is not { } item) continue;
            item.Element?.Release();
            if (item.IsEnd) return item.Next;
        }
    }

    public PositionCheck Check(SourcePartition partition, Position position)
    {
        try
        {
            FilePosition from = FilePosition.Parse(position);
            using FileContent content = FileContent.Open(files.PathOf(partition.Name), partition.Name);
            FileIdentity.Check(partition.Name, content, from);
            return content.IsCompressed || content.Length >= from.Byte
                ? PositionCheck.Good
                : throw FileErrors.Changed(partition.Name, $"ends before byte {from.Byte}, up to which it was read");
        }
        catch (FileChangedException) when (files.IsWatched)
        {
            // A new file under an old name, in a folder where new files are what is waited for: it is read from its beginning.
            return PositionCheck.Good;
        }
        catch (EngineException e) when (!e.IsTransient)
        {
            return new PositionCheck($"{context.Name}: {e.Message}", e.Remedy);
        }
    }

    public ISourceReader OpenReader(ChunkPool pool, int number) => new FileReader<T>(files, format, number, context);

    public void Dispose()
    {
    }
}
