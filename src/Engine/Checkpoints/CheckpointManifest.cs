namespace StreamEngine.Checkpoints;

/// <summary>What a checkpoint is made of, written last, so that a checkpoint without it is none.</summary>
/// <param name="Version">The version of this file.</param>
/// <param name="Entry">The checkpoint's entry in the catalogue.</param>
/// <param name="Files">Every file, with its size and what its bytes hash to.</param>
internal sealed record CheckpointManifest(int Version, CheckpointEntry Entry, IReadOnlyList<CheckpointFile> Files)
{
    /// <summary>The version that this build writes, and the newest it reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>The name of the file in the checkpoint's folder.</summary>
    public const string FileName = "manifest.json";
}

/// <summary>A file of a checkpoint; without a hash if it has checksums of its own.</summary>
internal sealed record CheckpointFile(string Name, long Bytes, string Hash);
