using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Checkpoints;

/// <summary>
/// Takes checkpoints of the embedded log and puts them back. A checkpoint is a folder with a consistent copy of the whole log, since topics, positions
/// and states of all pipelines belong to one instant, and a manifest; only a complete and undamaged one is ever put back.
/// </summary>
internal static class CheckpointStore
{
    private const string LogFolder = "log";
    private const string IdFormat = "yyyyMMdd-HHmmss-fff";

    /// <summary>Takes a checkpoint of an open log. What an earlier one left behind that was never finished is removed first.</summary>
    public static CheckpointEntry Take(EmbeddedLog log, string checkpointsPath, DateTimeOffset now)
    {
        foreach (string left in Folders(checkpointsPath).Where(folder => !File.Exists(Path.Combine(folder, CheckpointManifest.FileName)))) Directory.Delete(left, recursive: true);
        string id = IdOf(now);
        while (Directory.Exists(Path.Combine(checkpointsPath, id))) id = IdOf(now = now.AddMilliseconds(1));
        string folder = Path.Combine(checkpointsPath, id);
        Directory.CreateDirectory(folder);
        try
        {
            return Take(log, folder, id, now);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>The entries of the checkpoints that were finished, oldest first. Their files are not looked at.</summary>
    public static IReadOnlyList<CheckpointEntry> Entries(string checkpointsPath) =>
        [.. Folders(checkpointsPath).Select(folder => ParseManifest(folder, out _)?.Entry).OfType<CheckpointEntry>()];

    /// <summary>The checkpoints there are, oldest first, each with what is wrong with it, if something is.</summary>
    public static IReadOnlyList<(CheckpointEntry Entry, string? Problem)> List(string checkpointsPath)
    {
        var found = new List<(CheckpointEntry, string?)>();
        foreach (string folder in Folders(checkpointsPath))
        {
            CheckpointManifest? manifest = ReadManifest(folder, out string? problem);
            found.Add((manifest?.Entry ?? new CheckpointEntry(Path.GetFileName(folder), default, "", 0, 0, []), problem));
        }

        return found;
    }

    /// <summary>Removes a checkpoint.</summary>
    public static void Remove(string checkpointsPath, string id)
    {
        string folder = Path.Combine(checkpointsPath, id);
        if (!Directory.Exists(folder)) return;

        // Without its manifest it is no checkpoint any more, should this be interrupted.
        File.Delete(Path.Combine(folder, CheckpointManifest.FileName));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Puts a checkpoint in the place of the log of a data directory that no process has open. The log that was there is kept beside it. The log gets
    /// a new identity: what points into the old one from outside must not be taken to point into this one.
    /// </summary>
    /// <returns>Where the log that was there is kept; null when there was none.</returns>
    /// <exception cref="EngineException">The checkpoint is incomplete or damaged; nothing was changed.</exception>
    public static string? Restore(DataDirectory directory, string id)
    {
        string folder = Path.Combine(directory.CheckpointsPath, id);
        if (!Directory.Exists(folder)) throw Unusable(id, $"there is none in {directory.CheckpointsPath}", null);
        CheckpointManifest manifest = ReadManifest(folder, out string? problem) ?? throw Unusable(id, problem!, null);
        if (problem is not null) throw Unusable(id, problem, null);

        string fresh = directory.LogPath + ".restoring";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Copy(Path.Combine(folder, LogFolder), fresh);
        File.Copy(LogFiles.EndFile(Path.Combine(folder, LogFolder)), LogFiles.EndFile(fresh), overwrite: true);
        try
        {
            EmbeddedLog.RenewIdentity(fresh, manifest.Entry.Log);
        }
        catch (LogDamagedException e)
        {
            throw Unusable(id, e.Message, e);
        }

        string? kept = null;
        if (Directory.Exists(directory.LogPath))
        {
            kept = $"{directory.LogPath}.before-{DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
            Directory.Move(directory.LogPath, kept);
            if (File.Exists(LogFiles.EndFile(directory.LogPath))) File.Copy(LogFiles.EndFile(directory.LogPath), LogFiles.EndFile(kept));
        }

        // In this order a crash leaves the old log, or an end without a log, which is refused as damaged: never the new log with the old end, and never
        // nothing at all, which would be taken for a new directory.
        File.Move(LogFiles.EndFile(fresh), LogFiles.EndFile(directory.LogPath), overwrite: true);
        Directory.Move(fresh, directory.LogPath);
        return kept;
    }

    private static CheckpointEntry Take(EmbeddedLog log, string folder, string id, DateTimeOffset now)
    {
        CheckpointPosition[] positions = [];
        long commit = log.Checkpoint(Path.Combine(folder, LogFolder), beside: () => positions =
        [
            .. from pipeline in log.Homes()
               from held in log.Positions(pipeline)
               select new CheckpointPosition(pipeline.Value, held.Subgraph, held.Position.Partition.Source, held.Position.Partition.Partition, held.Position.Position.At),
        ]);
        CheckpointFile[] files = [.. Describe(folder)];
        var entry = new CheckpointEntry(id, now, log.Id, commit, files.Sum(file => file.Bytes), positions);
        string manifest = Path.Combine(folder, CheckpointManifest.FileName);
        using (FileStream stream = File.Create(manifest + ".new"))
        {
            JsonSerializer.Serialize(stream, new CheckpointManifest(CheckpointManifest.FormatVersion, entry, files), JournalJson.Default.CheckpointManifest);
            stream.Flush(flushToDisk: true);
        }

        CrashPoints.Pass(CrashPoints.Checkpoint);
        File.Move(manifest + ".new", manifest);
        return entry;
    }

    private static string IdOf(DateTimeOffset time) => time.UtcDateTime.ToString(IdFormat, CultureInfo.InvariantCulture);

    /// <summary>The folders of checkpoints, oldest first; other folders are somebody else's.</summary>
    private static IEnumerable<string> Folders(string checkpointsPath) => Directory.Exists(checkpointsPath)
        ? Directory.GetDirectories(checkpointsPath)
            .Where(folder => DateTime.TryParseExact(Path.GetFileName(folder), IdFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            .Order(StringComparer.Ordinal)
        : [];

    private static CheckpointManifest? ReadManifest(string folder, out string? problem)
    {
        if (ParseManifest(folder, out problem) is not { } manifest) return null;
        Dictionary<string, CheckpointFile> there = Describe(folder).ToDictionary(file => file.Name);
        CheckpointFile? wrong = manifest.Files.FirstOrDefault(file => !there.TryGetValue(file.Name, out CheckpointFile? now) || now != file);
        problem = wrong is null ? null : $"its file {wrong.Name} is missing or damaged";
        return manifest;
    }

    private static CheckpointManifest? ParseManifest(string folder, out string? problem)
    {
        CheckpointManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, CheckpointManifest.FileName)), JournalJson.Default.CheckpointManifest);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            problem = $"it was never finished, or its manifest is damaged: {e.Message}";
            return null;
        }

        if (manifest is null || manifest.Version > CheckpointManifest.FormatVersion)
        {
            problem = "a newer version wrote it";
            return null;
        }

        problem = null;
        return manifest;
    }

    private static IEnumerable<CheckpointFile> Describe(string folder)
    {
        foreach (string path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(folder, path);
            if (name == CheckpointManifest.FileName) continue;
            using FileStream stream = File.OpenRead(path);

            // Table files carry a checksum for each block, which is checked before a checkpoint is put back; reading all of them for each one
            // taken would cost as much as the log is large.
            if (name.EndsWith(".sst", StringComparison.Ordinal))
            {
                yield return new CheckpointFile(name, stream.Length, "");
                continue;
            }

            var hash = new XxHash3();
            hash.Append(stream);
            yield return new CheckpointFile(name, stream.Length, hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture));
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static EngineException Unusable(string id, string problem, Exception? cause) => new(
        ErrorDomain.Data, $"checkpoint {id} can't be restored: {problem}", "Take another one: checkpoints list shows those there are. Nothing was changed.", cause);
}
