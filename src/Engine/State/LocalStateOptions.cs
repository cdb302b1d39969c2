using Serilog;

namespace StreamEngine.State;

/// <summary>How the local copies of states are kept.</summary>
internal sealed record LocalStateOptions
{
    /// <summary>Memory for blocks read from files, their filters and indexes, in bytes.</summary>
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>Memory for what is not in files yet, in bytes.</summary>
    public long WriteBuffersBytes { get; init; } = 32L << 20;

    /// <summary>Is told when the copies had to be begun anew.</summary>
    public ILogger Logger { get; init; } = Serilog.Core.Logger.None;
}
