using Npgsql;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;

namespace StreamEngine.Sql.PostgresServer;

/// <summary>A PostgreSQL database that tables are written to. Equal by its id, which has no secrets.</summary>
internal sealed record PostgresCommitPoint : SqlCommitPoint
{
    private readonly string connectionString;

    private PostgresCommitPoint(string id, string connectionString)
        : base(id) => this.connectionString = connectionString;

    public override string Connector => "postgres";

    public override SqlDialect Dialect => PostgresDialect.Instance;

    /// <summary>The commit point of a database.</summary>
    /// <exception cref="EngineException">The connection string is none.</exception>
    public static PostgresCommitPoint Of(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            // What is wrong with it may be the password, which its error would show.
            throw Unreadable();
        }

        if (string.IsNullOrEmpty(builder.Host)) throw Unreadable();

        // A session is one connection from its claim to its end; nothing of it is left to another.
        builder.Pooling = false;
        builder.Enlist = false;
        builder.Timezone = "UTC";
        builder.IncludeErrorDetail = false;
        builder.ApplicationName ??= "streamengine";
        string searchPath = string.IsNullOrEmpty(builder.SearchPath) ? "" : $"?search_path={builder.SearchPath}";
        return new PostgresCommitPoint($"postgres://{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}{searchPath}", builder.ToString());
    }

    public override ICommitDatabase Open(string folder, string logId) => new PostgresDatabase(Id, connectionString, logId);

    public override TableTarget<TRow> TargetOf<TRow>(TableShape<TRow> shape) => new PostgresTable<TRow>(shape);

    public bool Equals(PostgresCommitPoint? other) => other is not null && Id == other.Id;

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    private static EngineException Unreadable() => new(
        ErrorDomain.User,
        "the connection string of a PostgreSQL table can't be read, or names no host (it isn't shown, for it may have a password)",
        "Write it as Host=db;Port=5432;Database=orders;Username=app;Password=..., with values that have a ; or a = in quotes.");
}
