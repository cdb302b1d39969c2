using Serilog;

namespace StreamEngine.Log;

/// <summary>How the embedded log runs.</summary>
internal sealed record EmbeddedLogOptions
{
    /// <summary>Memory for blocks read from files, in bytes.</summary>
    public long CacheBytes { get; init; } = 24L << 20;

    /// <summary>Memory for what is not in files yet, in bytes.</summary>
    public long WriteBuffersBytes { get; init; } = 32L << 20;

    /// <summary>How often retention and compaction look at the topics; zero switches them off, for tests that call them themselves.</summary>
    public TimeSpan CleanInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a tombstone stays in a compacted topic after it was appended, so that readers see the deletion.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The clock that times of append come from.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Is told what goes wrong where nobody waits for an answer.</summary>
    public ILogger Logger { get; init; } = Serilog.Core.Logger.None;
}
