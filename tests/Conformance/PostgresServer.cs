using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace StreamEngine.Conformance;

/// <summary>
/// A PostgreSQL server for the tests of a process: the one that STREAMENGINE_POSTGRES names by a connection string of a user who may make
/// databases, or one of its own from the binaries on this machine, in a temporary folder, gone with the process.
/// </summary>
public sealed class PostgresServer
{
    private static readonly Lazy<(PostgresServer? Server, string Reason)> Started = new(Start);
    private readonly string connectionString;

    private PostgresServer(string connectionString) => this.connectionString = connectionString;

    /// <summary>The server; skips the test with the reason when there can be none.</summary>
    public static PostgresServer Shared
    {
        get
        {
            (PostgresServer? server, string reason) = Started.Value;
            Skip.If(server is null, $"there is no PostgreSQL for this test: {reason}");
            return server!;
        }
    }

    /// <summary>Makes an empty database that no other test uses.</summary>
    /// <returns>How to connect to it.</returns>
    public string CreateDatabase()
    {
        string name = $"streamengine_{Guid.NewGuid():N}";
        Execute(connectionString, $"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = name }.ToString();
    }

    /// <summary>Removes a database, ending whoever uses it.</summary>
    public void DropDatabase(string database) => Execute(connectionString, $"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(database).Database} WITH (FORCE)");

    /// <summary>Runs a statement on a connection of its own.</summary>
    public static void Execute(string connectionString, string sql)
    {
        using NpgsqlConnection connection = Connect(connectionString);
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query on a connection of its own; each row is its values as text, joined by <c>|</c>.</summary>
    public static List<string> Query(string connectionString, string sql)
    {
        using NpgsqlConnection connection = Connect(connectionString);
        using var command = new NpgsqlCommand(sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(n => reader.IsDBNull(n) ? "null" : Convert.ToString(reader.GetValue(n), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    /// <summary>Connects without a pool, so that nothing is left of it.</summary>
    public static NpgsqlConnection Connect(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static (PostgresServer?, string) Start()
    {
        if (Environment.GetEnvironmentVariable("STREAMENGINE_POSTGRES") is { Length: > 0 } given) return (new PostgresServer(given), "");
        if (FindBinaries() is not { } binaries) return (null, "STREAMENGINE_POSTGRES isn't set, and neither PATH nor /usr/lib/postgresql has initdb, pg_ctl and postgres");
        try
        {
            return (StartOwn(binaries), "");
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            return (null, e.Message);
        }
    }

    private static PostgresServer StartOwn(string binaries)
    {
        string folder = Directory.CreateTempSubdirectory("streamengine-postgres-").FullName;
        string data = Path.Combine(folder, "data"), password = Guid.NewGuid().ToString("N"), passwordFile = Path.Combine(folder, "password");
        int port = FreePort();
        File.WriteAllText(passwordFile, password);
        if (Environment.IsPrivilegedProcess) Run("chown", "-R", "postgres", folder);
        RunAsPostgres(Path.Combine(binaries, "initdb"), "-D", data, "-U", "streamengine", "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C", "--no-sync");

        // fsync is off: these tests kill sessions, not the machine.
        string options = $"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c wal_level=logical -c max_connections=200";
        RunAsPostgres(Path.Combine(binaries, "pg_ctl"), "-D", data, "-w", "-t", "60", "-l", Path.Combine(folder, "log"), "-o", options, "start");
        StopWithThisProcess(Path.Combine(data, "postmaster.pid"), folder);
        return new PostgresServer($"Host=127.0.0.1;Port={port};Username=streamengine;Password={password};Database=postgres");
    }

    /// <summary>
    /// Leaves a process behind that waits for this one to end, by whatever way, then ends the server by its id and removes its folder: a test run
    /// that is killed gets no chance to.
    /// </summary>
    private static void StopWithThisProcess(string pidFile, string folder)
    {
        const string Script = "while kill -0 \"$0\"; do sleep 1; done; kill -QUIT \"$2\"; while kill -0 \"$2\"; do sleep 1; done; rm -rf \"$1\"";
        string server = File.ReadLines(pidFile).First();
        using Process? _ = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", "exec /bin/sh -c \"$0\" \"$@\" </dev/null >/dev/null 2>&1", Script, $"{Environment.ProcessId}", folder, server]) { WorkingDirectory = "/" });
    }

    private static string? FindBinaries()
    {
        IEnumerable<string> installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => folder, StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin"))
            : [];
        string[] needed = ["initdb", "pg_ctl", "postgres"];
        return installed.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => needed.All(name => File.Exists(Path.Combine(folder, name))));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static void RunAsPostgres(string command, params string[] arguments)
    {
        if (Environment.IsPrivilegedProcess) Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", command, .. arguments]);
        else Run(command, arguments);
    }

    private static void Run(string command, params string[] arguments)
    {
        // What it writes isn't redirected: a server would inherit the pipe, and reading to its end would wait for the server's end.
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", command, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} {arguments.LastOrDefault()} ended with exit code {process.ExitCode}");
    }
}
