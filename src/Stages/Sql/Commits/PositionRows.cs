using System.Data.Common;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Sql.Commits;

/// <summary>
/// The rows that say where source partitions resume, one each. A task that begins writes its start and attempt into its own rows, and moves them
/// only while they are there, from the epoch that it knows.
/// </summary>
internal static class PositionRows
{
    private const string IsRow = """ "pipeline" = @pipeline AND "subgraph" = @subgraph AND "source" = @source AND "partition" = @partition""";
    private const string IsHeld = """ "start" = @start AND "attempt" = @attempt""";

    private const string TakeSql = $"""
        INSERT INTO {SqlTables.Positions} AS p ("pipeline", "subgraph", "source", "partition", "epoch", "start", "generation", "attempt")
        VALUES (@pipeline, @subgraph, @source, @partition, 0, @start, @generation, @attempt)
        ON CONFLICT ("pipeline", "subgraph", "source", "partition") DO UPDATE SET "start" = @start, "generation" = @generation, "attempt" = @attempt
        WHERE p."start" <> @start OR p."attempt" < @attempt
        """;

    private const string MoveSql = $"""
        UPDATE {SqlTables.Positions} SET "points_into" = @into, "position" = @position, "epoch" = @epoch
        WHERE {IsRow} AND {IsHeld} AND "epoch" = @before
        """;

    private const string AddSql = $"""
        INSERT INTO {SqlTables.Positions} ("pipeline", "subgraph", "source", "partition", "points_into", "position", "epoch", "start", "generation", "attempt")
        VALUES (@pipeline, @subgraph, @source, @partition, @into, @position, @epoch, @start, @generation, @attempt)
        ON CONFLICT ("pipeline", "subgraph", "source", "partition") DO NOTHING
        """;

    /// <summary>Claims partitions for an attempt of a task.</summary>
    /// <exception cref="CommitRefusedException">A newer attempt holds one.</exception>
    public static async Task TakeAsync(SqlWork work, TaskClaim claim, IReadOnlyList<SourcePartitionId> partitions)
    {
        // Everybody takes rows in the same order, so that nobody waits for one who waits for him.
        SourcePartitionId[] ordered = [.. Ordered(partitions, partition => partition)];
        int[] taken = await work.ExecuteEachAsync(TakeSql, [.. ordered.Select(partition => Named(claim, partition))]).ConfigureAwait(false);
        int refused = Array.IndexOf(taken, 0);
        if (refused >= 0) throw Superseded(claim, ordered[refused]);
    }

    /// <summary>The positions of a subgraph that were committed.</summary>
    public static async Task<List<CommittedPosition>> ReadAsync(SqlWork work, PipelineName pipeline, string subgraph) => await work.QueryAsync(
        $"""
        SELECT "source", "partition", "points_into", "position", "epoch" FROM {SqlTables.Positions}
        WHERE "pipeline" = @pipeline AND "subgraph" = @subgraph AND "epoch" > 0
        """,
        Read,
        ("pipeline", pipeline.Value),
        ("subgraph", subgraph)).ConfigureAwait(false);

    /// <summary>Moves positions to an epoch.</summary>
    /// <exception cref="CommitRefusedException">A row isn't as the task left it.</exception>
    public static async Task MoveAsync(SqlWork work, EpochCommit commit)
    {
        CommittedPosition[] ordered = [.. Ordered(commit.Positions, position => position.Partition)];
        List<(string, object?)[]> rows = [.. ordered.Select(position => Moved(commit, position))];
        int[] moved = await work.ExecuteEachAsync(MoveSql, rows).ConfigureAwait(false);
        for (int n = 0; n < moved.Length; n++)
        {
            if (moved[n] == 1) continue;

            // A partition that was found while the task runs has no row yet.
            bool isNew = ordered[n].Epoch == Epoch.None && await work.ExecuteAsync(AddSql, rows[n]).ConfigureAwait(false) == 1;
            if (!isNew) throw await RefusedAsync(work, commit.Claim, ordered[n]).ConfigureAwait(false);
        }
    }

    /// <summary>Refuses a commit that moves nothing when a newer attempt holds the task's rows.</summary>
    public static async Task CheckHeldAsync(SqlWork work, TaskClaim claim, SourcePartitionId partition, string sharedLock)
    {
        List<int> held = await work.QueryAsync(
            $"SELECT 1 FROM {SqlTables.Positions} WHERE {IsRow} AND {IsHeld}{sharedLock}", reader => reader.GetInt32(0), Named(claim, partition)).ConfigureAwait(false);
        if (held.Count == 0) throw Superseded(claim, partition);
    }

    /// <summary>Forgets the positions of a pipeline, and writes those that it is to begin at.</summary>
    public static async Task ReplaceAsync(SqlWork work, PipelineName pipeline, StartId start, long generation, IReadOnlyList<BeginPosition> begin)
    {
        await work.ExecuteAsync($"""DELETE FROM {SqlTables.Positions} WHERE "pipeline" = @pipeline""", ("pipeline", pipeline.Value)).ConfigureAwait(false);

        // Under no attempt, so that any task of a later start takes them.
        await work.ExecuteEachAsync(AddSql, [.. begin.Select(position => new (string, object?)[]
        {
            ("pipeline", pipeline.Value),
            ("subgraph", position.Subgraph),
            ("source", StoredText.Escape(position.Partition.Source)),
            ("partition", StoredText.Escape(position.Partition.Partition)),
            ("into", StoredText.Escape(position.Position.Into)),
            ("position", StoredText.Escape(position.Position.At)),
            ("epoch", BeginPosition.Epoch.Value),
            ("start", start.ToString()),
            ("generation", generation),
            ("attempt", 0),
        })]).ConfigureAwait(false);
    }

    private static async Task<CommitRefusedException> RefusedAsync(SqlWork work, TaskClaim claim, CommittedPosition position)
    {
        List<(string Start, int Attempt, long Epoch)> found = await work.QueryAsync(
            $"""SELECT "start", "attempt", "epoch" FROM {SqlTables.Positions} WHERE {IsRow}""",
            reader => (reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2)),
            Named(claim, position.Partition)).ConfigureAwait(false);
        if (found.Count == 1 && found[0].Start == claim.Start.ToString() && found[0].Attempt > claim.Attempt) return Superseded(claim, position.Partition);
        return new CommitRefusedException(
            RefusalReason.WrongEpoch,
            $"{claim.Task}: {position.Partition} stands at epoch {(found.Count == 0 ? "0" : found[0].Epoch)}, and the commit continues epoch {position.Epoch}");
    }

    private static CommitRefusedException Superseded(TaskClaim claim, SourcePartitionId partition) =>
        new(RefusalReason.NewerAttempt, $"{claim.Task}: attempt {claim.Attempt} is over, another holds {partition}");

    private static IOrderedEnumerable<T> Ordered<T>(IEnumerable<T> items, Func<T, SourcePartitionId> partition) =>
        items.OrderBy(item => partition(item).Source, StringComparer.Ordinal).ThenBy(item => partition(item).Partition, StringComparer.Ordinal);

    private static (string, object?)[] Named(TaskClaim claim, SourcePartitionId partition) =>
    [
        ("pipeline", claim.Task.Pipeline.Value),
        ("subgraph", claim.Task.Subgraph),
        ("source", StoredText.Escape(partition.Source)),
        ("partition", StoredText.Escape(partition.Partition)),
        ("start", claim.Start.ToString()),
        ("generation", claim.Generation.Value),
        ("attempt", claim.Attempt),
    ];

    private static (string, object?)[] Moved(EpochCommit commit, CommittedPosition position) =>
    [
        .. Named(commit.Claim, position.Partition),
        ("into", StoredText.Escape(position.Position.Into)),
        ("position", StoredText.Escape(position.Position.At)),
        ("epoch", commit.Epoch.Value),
        ("before", position.Epoch.Value),
    ];

    private static CommittedPosition Read(DbDataReader reader) => new(
        new SourcePartitionId(StoredText.Unescape(reader.GetString(0)), StoredText.Unescape(reader.GetString(1))),
        new Position(StoredText.Unescape(reader.GetString(2)), StoredText.Unescape(reader.GetString(3))),
        new Epoch(reader.GetInt64(4)));
}
