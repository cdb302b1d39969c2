using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Sql.Commits;

/// <summary>
/// The rows that say which start of a pipeline may commit. A start raises them before its tasks run; every commit holds its row's shared lock
/// and finds its own start there, or is refused.
/// </summary>
/// <param name="database">The database, as messages name it.</param>
/// <param name="sharedLock">What follows a <c>SELECT</c> so that the row can't be raised until the transaction ends.</param>
internal sealed class GuardRows(string database, string sharedLock)
{
    /// <summary>Raises the rows of a pipeline's subgraphs, and those of subgraphs that it used to have.</summary>
    /// <exception cref="CommitRefusedException">A newer start holds one, or another engine.</exception>
    public async Task RaiseAsync(SqlWork work, PipelineName pipeline, IReadOnlyList<string> subgraphs, StartId start, Generation generation, string logId)
    {
        foreach (Guard guard in await ReadAsync(work, pipeline).ConfigureAwait(false)) CheckRises(pipeline, guard, start, generation, logId);
        (string, object?)[] own = [("pipeline", pipeline.Value), ("log", logId), ("start", start.ToString()), ("generation", generation.Value)];
        await work.ExecuteAsync($"""UPDATE {SqlTables.Guards} SET "start" = @start, "generation" = @generation WHERE "pipeline" = @pipeline AND "log_id" = @log""", own).ConfigureAwait(false);
        foreach (string subgraph in subgraphs)
        {
            await work.ExecuteAsync(
                $"""
                INSERT INTO {SqlTables.Guards} ("pipeline", "subgraph", "log_id", "start", "generation") VALUES (@pipeline, @subgraph, @log, @start, @generation)
                ON CONFLICT ("pipeline", "subgraph") DO NOTHING
                """,
                [.. own, ("subgraph", subgraph)]).ConfigureAwait(false);
        }

        // What another start has put in between is found here, and decides as if it had come first.
        foreach (Guard guard in await ReadAsync(work, pipeline).ConfigureAwait(false)) CheckRises(pipeline, guard, start, generation, logId);
    }

    /// <summary>Refuses a start that a pipeline's rows stand above, without taking a lock.</summary>
    public async Task CheckRisesAsync(SqlWork work, PipelineName pipeline, StartId start, Generation generation, string logId)
    {
        foreach (Guard guard in await ReadAsync(work, pipeline).ConfigureAwait(false)) CheckRises(pipeline, guard, start, generation, logId);
    }

    /// <summary>Refuses a task whose start doesn't hold its row, and keeps the row as it is until the transaction ends.</summary>
    public async Task CheckHeldAsync(SqlWork work, TaskClaim claim)
    {
        List<Guard> found = await work.QueryAsync(
            $"""SELECT "subgraph", "log_id", "start", "generation" FROM {SqlTables.Guards} WHERE "pipeline" = @pipeline AND "subgraph" = @subgraph{sharedLock}""",
            Guard.Read,
            ("pipeline", claim.Task.Pipeline.Value),
            ("subgraph", claim.Task.Subgraph)).ConfigureAwait(false);
        if (found.Count == 1 && found[0].Start == claim.Start.ToString()) return;
        throw new CommitRefusedException(
            RefusalReason.NewerStart,
            found.Count == 0
                ? $"{claim.Task}: {database} has no guard of it any more, so start {claim.Start.Short} is over"
                : $"{claim.Task}: {database} is guarded by start {found[0].ShortStart}, generation {found[0].Generation}, so start {claim.Start.Short} is over");
    }

    /// <summary>Refuses to clear a pipeline that another start holds.</summary>
    /// <returns>The generation of the start.</returns>
    public async Task<long> CheckClearsAsync(SqlWork work, PipelineName pipeline, StartId start)
    {
        List<Guard> guards = await ReadAsync(work, pipeline).ConfigureAwait(false);
        Guard? own = guards.Find(guard => guard.Start == start.ToString());
        Guard? newest = guards.MaxBy(guard => guard.Generation);
        if (own is not null && own.Generation == newest!.Generation) return own.Generation;
        throw new CommitRefusedException(
            RefusalReason.NewerStart,
            newest is null
                ? $"pipeline {pipeline} has no guard in {database}, so start {start.Short} doesn't hold it"
                : $"pipeline {pipeline} is held by start {newest.ShortStart}, generation {newest.Generation}, in {database}");
    }

    private void CheckRises(PipelineName pipeline, Guard guard, StartId start, Generation generation, string logId)
    {
        if (guard.LogId != logId)
        {
            throw new CommitRefusedException(
                RefusalReason.NewerStart,
                $"pipeline {pipeline} of another engine, whose log is {guard.LogId}, writes to {database}, and the positions there are of that log. " +
                $"Give this pipeline another name; or, if that engine is gone for good, delete the rows of pipeline {pipeline} from {SqlTables.Guards} " +
                $"and {SqlTables.Positions} there, and it begins at the beginning");
        }

        if (guard.Generation < generation.Value || (guard.Generation == generation.Value && guard.Start == start.ToString())) return;
        throw new CommitRefusedException(
            RefusalReason.NewerStart,
            $"pipeline {pipeline} is held by start {guard.ShortStart}, generation {guard.Generation}, in {database}, and this is start {start.Short}, generation {generation}");
    }

    private static Task<List<Guard>> ReadAsync(SqlWork work, PipelineName pipeline) => work.QueryAsync(
        $"""SELECT "subgraph", "log_id", "start", "generation" FROM {SqlTables.Guards} WHERE "pipeline" = @pipeline""", Guard.Read, ("pipeline", pipeline.Value));

    private sealed record Guard(string Subgraph, string LogId, string Start, long Generation)
    {
        public string ShortStart => Start.Length > 8 ? Start[..8] : Start;

        public static Guard Read(System.Data.Common.DbDataReader reader) => new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3));
    }
}
