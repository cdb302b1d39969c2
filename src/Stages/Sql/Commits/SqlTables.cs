using StreamEngine.Contracts;

namespace StreamEngine.Sql.Commits;

/// <summary>The engine's own tables in a database that it writes to. Their names and columns last: databases of users have them.</summary>
internal static class SqlTables
{
    /// <summary>Which start of a pipeline may commit.</summary>
    public const string Guards = "streamengine_guards";

    /// <summary>Where the source partitions of a subgraph resume.</summary>
    public const string Positions = "streamengine_positions";

    /// <summary>The records that could not be processed.</summary>
    public const string DeadLetters = DeadLetter.Table;

    /// <summary>Makes them where they are missing.</summary>
    /// <param name="bytes">The database's type of bytes.</param>
    public static IReadOnlyList<string> Create(string bytes) =>
    [
        $"""
        CREATE TABLE IF NOT EXISTS {Guards} (
          "pipeline" text NOT NULL,
          "subgraph" text NOT NULL,
          "log_id" text NOT NULL,
          "start" text NOT NULL,
          "generation" bigint NOT NULL,
          PRIMARY KEY ("pipeline", "subgraph")
        )
        """,
        $"""
        CREATE TABLE IF NOT EXISTS {Positions} (
          "pipeline" text NOT NULL,
          "subgraph" text NOT NULL,
          "source" text NOT NULL,
          "partition" text NOT NULL,
          "points_into" text,
          "position" text,
          "epoch" bigint NOT NULL,
          "start" text NOT NULL,
          "generation" bigint NOT NULL,
          "attempt" integer NOT NULL,
          PRIMARY KEY ("pipeline", "subgraph", "source", "partition")
        )
        """,
        $"""
        CREATE TABLE IF NOT EXISTS {DeadLetters} (
          "pipeline" text NOT NULL,
          "identity" text NOT NULL,
          "subgraph" text NOT NULL,
          "stage" text NOT NULL,
          "source" text,
          "partition" text,
          "offset" bigint NOT NULL,
          "ordinal" integer NOT NULL,
          "error" text NOT NULL,
          "message" text NOT NULL,
          "key" {bytes},
          "value" {bytes},
          "event_time" bigint NOT NULL,
          "headers" text NOT NULL,
          PRIMARY KEY ("pipeline", "identity")
        )
        """,
    ];
}
