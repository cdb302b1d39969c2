using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>JSON lines as a sink, whatever the keys are.</summary>
/// <param name="folder">The folder below the data directory.</param>
/// <param name="limits">When a file is published; what the pipeline is set to when null.</param>
/// <param name="json">Writes values of streams whose own serde isn't JSON; by reflection when null.</param>
internal sealed class JsonLinesDefinition<TValue>(string folder, StageLimits? limits, ISerde<TValue>? json) : ValueSinkDefinition<TValue>
{
    public override SinkDefinition<TKey, TValue> For<TKey>() => new JsonLinesSinkDefinition<TKey, TValue>(folder, limits, json);
}

/// <summary>Files of JSON lines in a folder, exactly-once: an epoch of a task is a file, staged until the log holds it as sealed, and then published by a rename.</summary>
internal sealed class JsonLinesSinkDefinition<TKey, TValue>(string target, StageLimits? limits, ISerde<TValue>? json) : SinkDefinition<TKey, TValue>, IStagedSink
{
    public override string Connector => "files";

    public override string Target => target;

    public override string Slug => FileSlug.Of(target);

    public override CommitPoint CommitPoint => StagedCommitPoint.Instance;

    public StageLimits? Limits => limits;

    public override ISinkWriter Open(SinkContext context)
    {
        OutputFolder output = OutputFolder.At(target, context.Folder);
        output.Create();
        return new StagedFileWriter(context.Name, context.Claim, output);
    }

    public override string? Check(string folder)
    {
        OutputFolder output = OutputFolder.At(target, folder);
        return Directory.Exists(output.Path) ? null : $"folder {output.Path}";
    }

    public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
        new JsonLinesEncoder<TKey, TValue>(Serde(shape), context, output);

    public void Publish(ReadOnlyMemory<byte> manifest, string data)
    {
        StagedFile file = StagedFile.Parse(manifest);
        OutputFolder output = OutputFolder.At(file.Folder, data);
        string staged = Path.Combine(output.StagingPath, file.Staged), published = Path.Combine(output.Path, file.Published);
        try
        {
            var found = new FileInfo(staged);
            if (found.Exists && found.Length != file.Bytes)
            {
                throw new EngineException(
                    ErrorDomain.Data,
                    $"{staged} has {found.Length} bytes, and was sealed with {file.Bytes}: the disk has lost what was synced, or somebody has changed it",
                    "Put the file back as it was, from a backup; or reset the pipeline, which writes its output anew.");
            }

            // A staged file that is gone was published by whoever asked first, who may not have got as far as the sync.
            if (FileSystem.Rename(staged, published) == FileSystem.Renamed.Taken)
            {
                throw new EngineException(
                    ErrorDomain.User,
                    $"{published} can't be published: a file of that name is there, and none is ever replaced",
                    $"Move that file elsewhere; {staged} then takes its name.");
            }

            if (!Directory.Exists(output.StagingPath)) throw new DirectoryNotFoundException($"{output.StagingPath} is gone");
            FileSystem.SyncFolder(output.Path);
            FileSystem.SyncFolder(output.StagingPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileSystem.WriteFailed(published, e);
        }
    }

    public void Discard(StageOwner older, string data)
    {
        OutputFolder output = OutputFolder.At(target, data);
        if (!Directory.Exists(output.StagingPath)) return;
        try
        {
            foreach (string file in Directory.EnumerateFiles(output.StagingPath).Where(file => StagedNames.IsOlder(Path.GetFileName(file), older)).ToArray()) File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileSystem.WriteFailed(output.StagingPath, e);
        }
    }

    /// <summary>The stream's own serde where that writes JSON, so that the metadata it was given is used; else the one given.</summary>
    private ISerde<TValue> Serde(StreamShape<TKey, TValue> shape) => shape.ValueFormat == "json"
        ? shape.ValueSerde
        : json ?? JsonByReflection.For<TValue>();
}

/// <summary>Makes a line of each record's value, without the line break.</summary>
internal sealed class JsonLinesEncoder<TKey, TValue>(ISerde<TValue> serde, IStageContext context, IElementOutput output) : Operator<TKey, TValue>(context)
{
    private readonly ChunkBuilder builder = new(context.Chunks, 0);
    private readonly ByteWriter scratch = new();
    private readonly ByteWriter line = new();

    public override void OnBarrier(Epoch epoch) => Emit();

    protected override bool Call(ref Record<TKey, TValue> record)
    {
        ReadOnlySpan<byte> value = record.IsTombstone ? "null"u8 : record.ValueBytes(serde, scratch);
        line.Clear();
        Span<byte> bytes = line.Take(value.Length);
        value.CopyTo(bytes);

        // Bytes that were read elsewhere may be JSON over several lines. Inside its strings no line break can stand as it is.
        if (bytes.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            bytes.Replace((byte)'\n', (byte)' ');
            bytes.Replace((byte)'\r', (byte)' ');
        }

        return true;
    }

    protected override void Emit(ref Record<TKey, TValue> record)
    {
        builder.Append(default, hasKey: false, line.Written, hasValue: true, record.Timestamp);
        if (builder.IsFull) Emit();
    }

    private void Emit()
    {
        if (builder.Take() is { } chunk) output.Emit(chunk);
    }
}
