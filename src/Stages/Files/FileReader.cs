using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>
/// Reads a task's files one after the other, each to its end. While the source follows, a file that has changed since is opened again where reading
/// stopped; only the file that is being read is open.
/// </summary>
internal sealed class FileReader<T>(FileSet files, RecordFormat<T> format, int number, SourceContext context) : ISourceReader
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly object gate = new();
    private readonly BatchPool<NoKey, T> batches = new();
    private readonly List<FileProgress> reading = [];
    private FileProgress? current;
    private OpenFile<T>? file;
    private volatile bool finishing = !context.Follows;
    private bool woken;

    /// <summary>How many batches are out, to see that nothing leaked.</summary>
    public int Outstanding => batches.Outstanding;

    public void Assign(SourcePartition partition, Position from) => reading.Add(new FileProgress(partition, files.PathOf(partition.Name), FilePosition.Parse(from)));

    public SourceItem? Poll(TimeSpan wait)
    {
        while (current is not null || Choose())
        {
            // Read once: what is taken for the end of a file is its end for both questions.
            bool endsHere = finishing;
            if (Read(endsHere) is { } item) return item;
        }

        lock (gate)
        {
            if (!woken && !(finishing && reading.Count > 0)) Monitor.Wait(gate, wait < LookAgain ? wait : LookAgain);
            woken = false;
        }

        return null;
    }

    public void Finish()
    {
        lock (gate)
        {
            finishing = true;
            Monitor.PulseAll(gate);
        }
    }

    public void Wake()
    {
        lock (gate)
        {
            woken = true;
            Monitor.PulseAll(gate);
        }
    }

    public void Dispose() => Close();

    /// <summary>Takes the next file that has something to read.</summary>
    private bool Choose()
    {
        current = reading.Find(progress => finishing || progress.HasChanged());
        return current is not null;
    }

    /// <summary>Reads on in the current file; null when that is done with it for now.</summary>
    private SourceItem? Read(bool endsHere)
    {
        FileProgress progress = current!;
        if (progress.IsGone && endsHere) return End(progress);
        if (file is null)
        {
            progress.Look();
            file = Open(progress);
        }

        if (file.Next(endsHere) is { } item)
        {
            progress.Position = FilePosition.Parse(item.Next);
            return item;
        }

        FilePosition at = file.Position;
        bool hasMoved = at != progress.Position;
        progress.Position = at;
        Close();
        if (endsHere) return End(progress);
        progress.Rest();
        current = null;
        return hasMoved ? new SourceItem(progress.Partition.Index, null, at.ToPosition()) : null;
    }

    private OpenFile<T> Open(FileProgress progress)
    {
        try
        {
            return OpenFile<T>.Open(
                progress.Path, progress.Partition.Name, format, progress.Position, new FileTarget<T>(number, progress.Partition.Index, batches, context.Clock));
        }
        catch (FileChangedException) when (files.IsWatched && progress.Position != FilePosition.Start)
        {
            // In a folder that is watched, another file under an old name is a new one.
            progress.Position = FilePosition.Start;
            return Open(progress);
        }
    }

    private SourceItem End(FileProgress progress)
    {
        reading.Remove(progress);
        current = null;
        return new SourceItem(progress.Partition.Index, null, progress.Position.ToPosition()) { IsEnd = true };
    }

    private void Close()
    {
        file?.Dispose();
        file = null;
    }
}
