using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Pipelines;

/// <summary>A pipeline that a log holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Home">Its home record; null when it can't be read.</param>
/// <param name="Problem">Why it can't be read; null when it can.</param>
internal sealed record HeldPipeline(PipelineName Name, HomeRecord? Home, EngineException? Problem);

/// <summary>The home records of the pipelines that a log holds; those of deleted ones, which keep a generation only, are left out.</summary>
internal static class PipelineHomes
{
    /// <summary>All of them, in the order of their names; of one that can't be read, why: others may share the log, with builds and rights of their own.</summary>
    /// <exception cref="EngineException">The log can't be reached.</exception>
    public static IReadOnlyList<HeldPipeline> All(IReadOnlyList<PipelineName> names, Func<PipelineName, HomeEntry?> read) =>
        [.. names.Select(name => Look(name, read)).Where(held => held.Home is not null || held.Problem is not null)];

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

    private static HeldPipeline Look(PipelineName name, Func<PipelineName, HomeEntry?> read)
    {
        try
        {
            return new HeldPipeline(name, TryRead(name, read), null);
        }
        catch (EngineException e) when (e.Domain is ErrorDomain.Data or ErrorDomain.User)
        {
            return new HeldPipeline(name, null, e);
        }
    }

    private static HomeRecord? TryRead(PipelineName name, Func<PipelineName, HomeEntry?> read)
    {
        try
        {
            if (read(name) is not { } entry) return null;
            HomeRecord home = HomeRecord.Parse(entry.Record.Span);
            return home.State == HomeState.Deleted ? null : home;
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(ErrorDomain.Data, $"pipeline {name}: {e.Message}", "Use the version that wrote it; if it is damaged, restore it from a backup.", e);
        }
    }
}
