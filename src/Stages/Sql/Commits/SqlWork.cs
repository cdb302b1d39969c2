using System.Data.Common;

namespace StreamEngine.Sql.Commits;

/// <summary>Statements in a transaction. Values are parameters, always.</summary>
internal sealed class SqlWork(DbConnection connection, DbTransaction? transaction, CancellationToken cancellation)
{
    private const int BatchMax = 500;

    public DbConnection Connection => connection;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it touched.</returns>
    public async Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using DbCommand command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a query.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params (string Name, object? Value)[] parameters)
    {
        await using DbCommand command = Command(sql, parameters);
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs one statement for each set of parameters, in as few round trips as the database allows.</summary>
    /// <returns>How many rows each touched.</returns>
    public async Task<int[]> ExecuteEachAsync(string sql, IReadOnlyList<(string Name, object? Value)[]> sets)
    {
        var touched = new int[sets.Count];
        if (!connection.CanCreateBatch)
        {
            for (int n = 0; n < sets.Count; n++) touched[n] = await ExecuteAsync(sql, sets[n]).ConfigureAwait(false);
            return touched;
        }

        for (int from = 0; from < sets.Count; from += BatchMax)
        {
            await using DbBatch batch = connection.CreateBatch();
            batch.Transaction = transaction;
            for (int n = from; n < Math.Min(from + BatchMax, sets.Count); n++)
            {
                DbBatchCommand command = batch.CreateBatchCommand();
                command.CommandText = sql;
                foreach ((string name, object? value) in sets[n]) Add(command.Parameters, command.CreateParameter(), name, value);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            for (int n = 0; n < batch.BatchCommands.Count; n++) touched[from + n] = batch.BatchCommands[n].RecordsAffected;
        }

        return touched;
    }

    private DbCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach ((string name, object? value) in parameters) Add(command.Parameters, command.CreateParameter(), name, value);
        return command;
    }

    private static void Add(DbParameterCollection parameters, DbParameter parameter, string name, object? value)
    {
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        parameters.Add(parameter);
    }
}
