using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Pipelines;

/// <summary>The home records of the pipelines that a log holds; those of deleted ones, which keep a generation only, are left out.</summary>
internal static class PipelineHomes
{
    /// <summary>All of them, in the order of their names.</summary>
    /// <exception cref="EngineException">One can't be read.</exception>
    public static IReadOnlyList<(PipelineName Name, HomeRecord Home)> All(IReadOnlyList<PipelineName> names, Func<PipelineName, HomeEntry?> read) =>
        [.. names.Select(name => (name, Home: TryRead(name, read))).Where(found => found.Home is not null).Select(found => (found.name, found.Home!))];

    /// <summary>The record of a pipeline.</summary>
    /// <param name="name">The pipeline.</param>
    /// <param name="place">The log, for the message.</param>
    /// <param name="names">The pipelines with a record.</param>
    /// <param name="read">Reads a record.</param>
    /// <exception cref="EngineException">It was never started there, was deleted, or its record can't be read.</exception>
    public static HomeRecord Read(PipelineName name, string place, IReadOnlyList<PipelineName> names, Func<PipelineName, HomeEntry?> read)
    {
        if (TryRead(name, read) is { } home) return home;
        string[] others = [.. All(names, read).Select(found => found.Name.Value)];
        throw new EngineException(
            ErrorDomain.User, $"{place} holds no pipeline {name}", others.Length > 0 ? $"It holds {string.Join(", ", others)}." : "No pipeline was ever started there.");
    }

    private static HomeRecord? TryRead(PipelineName name, Func<PipelineName, HomeEntry?> read)
    {
        if (read(name) is not { } entry) return null;
        try
        {
            HomeRecord home = HomeRecord.Parse(entry.Record.Span);
            return home.State == HomeState.Deleted ? null : home;
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(ErrorDomain.Data, $"pipeline {name}: {e.Message}", "Use the version that wrote it, or restore the data directory from a backup.", e);
        }
    }
}
