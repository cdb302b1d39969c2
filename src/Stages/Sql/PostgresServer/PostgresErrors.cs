using System.Net.Sockets;
using Npgsql;
using StreamEngine.Diagnostics;

namespace StreamEngine.Sql.PostgresServer;

/// <summary>Errors of PostgreSQL and of its client as ones that say where, what, and what to do.</summary>
internal static class PostgresErrors
{
    /// <summary>An error as one that says where, what, and what to do; itself if it is none of PostgreSQL's.</summary>
    /// <param name="error">The error.</param>
    /// <param name="database">The database, without secrets.</param>
    /// <param name="doing">What was being done.</param>
    public static Exception Explain(Exception error, string database, string doing)
    {
        if (error is PostgresException postgres)
        {
            (ErrorDomain domain, string what, string remedy) = Of(postgres.SqlState);
            string message = $"{doing}: {database}: {what} ({postgres.SqlState}: {postgres.MessageText})";
            return new EngineException(domain, message, remedy, postgres);
        }

        return error is NpgsqlException or SocketException or TimeoutException or IOException
            ? new EngineException(
                ErrorDomain.External,
                $"{doing}: {database}: the server can't be reached, or the connection was lost ({error.Message})",
                "It is tried again, from the last commit. Look whether the server runs, and whether host and port are right.",
                error)
            : error;
    }

    private static (ErrorDomain Domain, string What, string Remedy) Of(string state) => state switch
    {
        "28P01" or "28000" => (ErrorDomain.User, "the server refuses the login", "Look at user name and password of the connection string, and at the server's pg_hba.conf."),
        "3D000" => (ErrorDomain.User, "there is no such database", "Make the database, or name another in the connection string."),
        "3F000" => (ErrorDomain.User, "there is no such schema", "Make the schema, or name the table with another."),
        "42501" => (ErrorDomain.User, "the user lacks a right", "Grant it, or log in as a user who has it."),
        "42P01" or "42703" => (ErrorDomain.User, "a table or a column is gone", "Start the pipeline again: a sink makes its table, or says what it misses."),
        "53100" => (ErrorDomain.External, "the server's disk is full", "Make room there. It is tried again, from the last commit."),
        "55P03" => (ErrorDomain.External, "another session holds a lock for too long", "It is tried again. Look at pg_locks for who holds it."),
        "57P01" or "57P02" or "57P03" or "25P03" => (ErrorDomain.External, "the server has ended the session, or is starting or stopping", "It is tried again, from the last commit."),
        "40001" or "40P01" => (ErrorDomain.External, "transactions got in each other's way", "It is tried again, from the last commit."),
        "25006" => (ErrorDomain.User, "the database can't be written to: it is a standby, or set to read-only", "Name the primary server in the connection string."),
        "21000" => (
            ErrorDomain.User, "two rows have the same key in the database, and not here", "The key's collation or type takes different values for the same: give the column another."),
        _ when state.StartsWith("23", StringComparison.Ordinal) => (
            ErrorDomain.User, "a constraint of the table doesn't allow a row", "Change the constraint, or leave such records out before the sink."),
        _ when state.StartsWith("22", StringComparison.Ordinal) => (
            ErrorDomain.User, "a column can't hold a value", "Make the column larger, or change the value before the sink."),
        _ when state.StartsWith("42", StringComparison.Ordinal) => (ErrorDomain.User, "the server doesn't take a statement", "Look at the table: it may not be what it was when the sink opened."),
        _ => (ErrorDomain.External, "the server reports an error", "It is tried again, from the last commit. If it stays, look at the server's log."),
    };
}
