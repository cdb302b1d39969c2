using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Sql.SqliteFiles;

namespace StreamEngine.Sql;

/// <summary>A SQLite file that tables are written to.</summary>
/// <param name="Path">Relative to the data directory, or absolute.</param>
internal sealed record SqliteCommitPoint(string Path) : SqlCommitPoint($"sqlite:{Path}")
{
    public override string Connector => "sqlite";

    public override SqlDialect Dialect => SqliteDialect.Instance;

    /// <summary>The commit point of a file.</summary>
    /// <exception cref="EngineException">The path names no file, or leaves the data directory.</exception>
    public static SqliteCommitPoint Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        bool isFile = path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && !path.StartsWith(':') && !path.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        if (!isFile || System.IO.Path.EndsInDirectorySeparator(path))
        {
            throw new EngineException(ErrorDomain.User, $"'{path}' is no path of a SQLite database that outlives its process", "Give the path of a file: flights.db.");
        }

        if (System.IO.Path.IsPathRooted(path)) return new SqliteCommitPoint(System.IO.Path.GetFullPath(path));

        // Counted from some root, so that two ways to write a path are one database.
        string root = System.IO.Path.GetFullPath("/data");
        string full = System.IO.Path.GetFullPath(path, root);
        if (!full.StartsWith(root + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new EngineException(ErrorDomain.User, $"sqlite:{path} leaves the data directory, which relative paths count from", "Give a path below it, or an absolute one.");
        }

        return new SqliteCommitPoint(System.IO.Path.GetRelativePath(root, full));
    }

    public override ICommitDatabase Open(string folder, string logId) => new SqliteDatabase(System.IO.Path.GetFullPath(Path, System.IO.Path.GetFullPath(folder)), logId);

    public override TableTarget<TRow> TargetOf<TRow>(TableShape<TRow> shape) => new SqliteTable<TRow>(shape);
}
