using System.Globalization;
using DuckDB.NET.Data;

namespace StreamEngine.Flights.Checks;

/// <summary>
/// What the flights example must give, by SQL over the whole input: an answer that owes nothing to the engine.
/// </summary>
/// <param name="Flights">Each flight as the topic has it, by the key it is kept under, in the order of the file.</param>
/// <param name="AirportDays">The rows of the table, by airport and day.</param>
/// <param name="LongDelays">The lines of the files, sorted.</param>
public sealed record Answer(
    IReadOnlyDictionary<string, IReadOnlyList<FlightRow>> Flights, IReadOnlyDictionary<(string Airport, string Day), AirportDayRow> AirportDays, IReadOnlyList<FlightRow> LongDelays)
{
    /// <summary>How many flights there are.</summary>
    public int FlightCount => Flights.Values.Sum(flights => flights.Count);

    /// <summary>Computes it for a file of flights, in CSV, compressed or not.</summary>
    public static Answer Of(string csv)
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        Run(duck, $"CREATE TABLE flights AS SELECT row_number() OVER () AS line, * FROM read_csv('{csv.Replace("'", "''", StringComparison.Ordinal)}', header = true, parallel = false)");
        var flights = new Dictionary<string, IReadOnlyList<FlightRow>>();
        Read(duck, "SELECT strftime(departure, '%Y-%m-%dT%H:%M:%S'), origin, destination, distance, delay FROM flights ORDER BY line", row =>
        {
            FlightRow flight = Flight(row);
            string key = $"{flight.Origin}-{flight.Destination}";
            if (!flights.TryGetValue(key, out IReadOnlyList<FlightRow>? list)) flights[key] = list = new List<FlightRow>();
            ((List<FlightRow>)list).Add(flight);
        });
        var days = new Dictionary<(string, string), AirportDayRow>();
        Read(
            duck,
            """
            SELECT destination, strftime(CAST(departure AS DATE), '%Y-%m-%d'), count(*), count(*) FILTER (delay >= 15), CAST(sum(delay) AS BIGINT), max(delay)
            FROM flights WHERE distance >= 200 GROUP BY 1, 2
            """,
            row => days.Add((row.GetString(0), row.GetString(1)), new AirportDayRow(Number(row, 2), Number(row, 3), Number(row, 4), Number(row, 5))));
        var late = new List<FlightRow>();
        Read(duck, "SELECT strftime(departure, '%Y-%m-%dT%H:%M:%S'), origin, destination, distance, delay FROM flights WHERE delay >= 180", row => late.Add(Flight(row)));
        late.Sort(FlightRow.Order);
        return new Answer(flights, days, late);
    }

    /// <summary>Writes flights of a Parquet file as the CSV that the example reads.</summary>
    public static void WriteCsv(string parquet, string csv) =>
        Copy($"SELECT strftime(date, '%Y-%m-%dT%H:%M') AS departure, origin, destination, distance, delay FROM read_parquet('{parquet}')", csv);

    /// <summary>Writes some flights of a file as a file of their own, in the same order.</summary>
    public static void CopyCsv(string from, string csv, string where) => Copy(
        $"SELECT strftime(departure, '%Y-%m-%dT%H:%M') AS departure, origin, destination, distance, delay FROM read_csv('{from}', header = true, parallel = false) WHERE {where}", csv);

    private static void Copy(string query, string csv)
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        Run(duck, "SET threads = 1");
        Run(duck, $"COPY ({query}) TO '{csv}' (HEADER, DELIMITER ',')");
    }

    private static FlightRow Flight(DuckDBDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), Number(row, 3), Number(row, 4));

    private static long Number(DuckDBDataReader row, int column) => Convert.ToInt64(row.GetValue(column), CultureInfo.InvariantCulture);

    private static void Run(DuckDBConnection duck, string sql)
    {
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Read(DuckDBConnection duck, string sql, Action<DuckDBDataReader> take)
    {
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        while (reader.Read()) take(reader);
    }
}

/// <summary>A flight.</summary>
public sealed record FlightRow(string Departure, string Origin, string Destination, long Distance, long Delay)
{
    /// <summary>Some order, to find the same rows in two lists by.</summary>
    public static IComparer<FlightRow> Order { get; } = Comparer<FlightRow>.Create((one, other) =>
        (one.Departure, one.Origin, one.Destination, one.Distance, one.Delay).CompareTo((other.Departure, other.Origin, other.Destination, other.Distance, other.Delay)));
}

/// <summary>What is kept of an airport's day.</summary>
public sealed record AirportDayRow(long Flights, long Late, long DelayMinutes, long Worst);
