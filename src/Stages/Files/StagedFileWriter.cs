using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>Writes the lines of an epoch into a staged file.</summary>
internal sealed class StagedFileWriter(string stage, TaskClaim claim, OutputFolder folder) : ISinkWriter
{
    private const int BufferBytes = 128 * 1024;
    private const UnixFileMode FileMode0640 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly Lock gate = new();
    private readonly Dictionary<string, FileStream> unsynced = [];
    private readonly byte[] buffer = new byte[BufferBytes];
    private int buffered;
    private FileStream? file;
    private string name = "";
    private long written;
    private long files;
    private int records;

    public bool Blocks => true;

    public void Write(Element element)
    {
        var chunk = (Chunk)element;
        try
        {
            if (file is null) Open();
            var reader = new ChunkReader(chunk);
            while (reader.MoveNext())
            {
                Append(reader.Value);
                Append("\n"u8);
                records++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileSystem.WriteFailed(PathOf(name), e);
        }
        finally
        {
            chunk.Release();
        }
    }

    public SealedOutput? Seal(Epoch epoch)
    {
        if (file is null) return null;
        try
        {
            Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileSystem.WriteFailed(PathOf(name), e);
        }

        var sealedFile = new StagedFile(folder.Relative, name, StagedNames.Published(claim, stage, epoch), written);
        var output = new SealedStage(stage, sealedFile.ToManifest(), records);

        // It stays open until it is synced: an error of writing back is told to those who have the file open.
        lock (gate) unsynced.Add(name, file);
        file = null;
        records = 0;
        return output;
    }

    public void Sync(SealedStage stage)
    {
        StagedFile sealedFile = StagedFile.Parse(stage.Manifest);
        FileStream? unsyncedFile;
        lock (gate) unsynced.Remove(sealedFile.Staged, out unsyncedFile);
        try
        {
            using (unsyncedFile)
            {
                if (unsyncedFile is null) throw new InvalidOperationException($"{sealedFile.Staged} was not sealed by this writer, or is synced already");
                unsyncedFile.Flush(flushToDisk: true);
            }

            FileSystem.SyncFolder(folder.StagingPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileSystem.WriteFailed(PathOf(sealedFile.Staged), e);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (FileStream sealedFile in unsynced.Values) sealedFile.Dispose();
            unsynced.Clear();
        }

        if (file is null) return;
        file.Dispose();
        file = null;
        try
        {
            // It was never sealed, so nobody will ever publish it.
            File.Delete(PathOf(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start discards it.
        }
    }

    private string PathOf(string staged) => Path.Combine(folder.StagingPath, staged);

    private void Open()
    {
        name = StagedNames.Staged(claim, stage, ++files);
        written = 0;
        buffered = 0;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode0640;
        file = new FileStream(PathOf(name), options);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferBytes - buffered) Flush();
        if (bytes.Length > BufferBytes)
        {
            file!.Write(bytes);
            written += bytes.Length;
            return;
        }

        bytes.CopyTo(buffer.AsSpan(buffered));
        buffered += bytes.Length;
    }

    private void Flush()
    {
        file!.Write(buffer.AsSpan(0, buffered));
        written += buffered;
        buffered = 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"files of {stage} in {folder.Path}";
}
