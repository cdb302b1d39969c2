using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Flights.Checks;

/// <summary>What the flights example gave: the content of its topics, its table and its files.</summary>
public sealed record Outcome(
    IReadOnlyDictionary<string, IReadOnlyList<FlightRow>> Flights,
    IReadOnlyDictionary<(string Airport, string Day), AirportDayRow> Table,
    IReadOnlyDictionary<(string Airport, string Day), IReadOnlyList<AirportDayRow>> Topic,
    IReadOnlyList<FlightRow> LongDelays)
{
    /// <summary>Reads it from a data directory, whether its engine runs or not.</summary>
    public static Outcome Read(string dataFolder)
    {
        using LogView view = LogView.Open(dataFolder);
        return Read(dataFolder, (topic, take) => Each(view, topic, take));
    }

    /// <summary>Reads it from a data directory, and its topics from a cluster as a committed reader does that isn't the engine's own.</summary>
    public static Outcome Read(string dataFolder, KafkaTestClient cluster) => Read(dataFolder, (topic, take) =>
    {
        foreach (KafkaTestRecord record in cluster.ReadCommitted(topic)) take(record.Key!, Encoding.UTF8.GetBytes(record.Value!), record.Timestamp!.Value.ToUnixTimeMilliseconds());
    });

    private static Outcome Read(string dataFolder, Action<string, Action<string, byte[], long>> each)
    {
        var flights = new Dictionary<string, IReadOnlyList<FlightRow>>();
        each("flights", (key, value, timestamp) =>
        {
            FlightRow flight = Flight(value);
            long departure = new DateTimeOffset(DateTime.Parse(flight.Departure, CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeMilliseconds();
            if (timestamp != departure) throw new InvalidDataException($"a flight that left at {flight.Departure} has event time {timestamp}");
            Add(flights, key, flight);
        });
        var topic = new Dictionary<(string, string), IReadOnlyList<AirportDayRow>>();
        each("airport-days", (_, value, _) =>
        {
            using JsonDocument json = JsonDocument.Parse(value);
            JsonElement day = json.RootElement;
            Add(
                topic,
                (day.GetProperty("airport").GetString()!, day.GetProperty("day").GetString()!),
                new AirportDayRow(Long(day, "flights"), Long(day, "late"), Long(day, "delayMinutes"), Long(day, "worst")));
        });
        return new Outcome(flights, ReadTable(Path.Combine(dataFolder, "flights.db")), topic, ReadFiles(Path.Combine(dataFolder, "long-delays")));
    }

    private static Dictionary<(string, string), AirportDayRow> ReadTable(string file)
    {
        var rows = new Dictionary<(string, string), AirportDayRow>();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT airport, day, flights, late, delay_minutes, worst FROM airport_days";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), reader.GetString(1)), new AirportDayRow(reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        return rows;
    }

    private static List<FlightRow> ReadFiles(string folder)
    {
        List<FlightRow> lines = [.. Directory.EnumerateFiles(folder, "*.jsonl").SelectMany(File.ReadLines).Select(line => Flight(Encoding.UTF8.GetBytes(line)))];
        lines.Sort(FlightRow.Order);
        return lines;
    }

    private static void Each(LogView view, string name, Action<string, byte[], long> take)
    {
        if (view.Find(name) is not { } topic) return;
        var pool = new ChunkPool();
        for (int partition = 0; partition < topic.Partitions; partition++)
        {
            foreach (Chunk chunk in view.Read(topic, partition, view.Range(topic, partition).FirstOffset, pool))
            {
                var reader = new ChunkReader(chunk);
                while (reader.MoveNext()) take(Encoding.UTF8.GetString(reader.Key), reader.Value.ToArray(), reader.Timestamp);
                chunk.Release();
            }
        }
    }

    private static FlightRow Flight(byte[] value)
    {
        using JsonDocument json = JsonDocument.Parse(value);
        JsonElement flight = json.RootElement;
        return new FlightRow(
            flight.GetProperty("departure").GetString()!, flight.GetProperty("origin").GetString()!, flight.GetProperty("destination").GetString()!, Long(flight, "distance"), Long(flight, "delay"));
    }

    private static long Long(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static void Add<TKey, TRow>(Dictionary<TKey, IReadOnlyList<TRow>> rows, TKey key, TRow row)
        where TKey : notnull
    {
        if (!rows.TryGetValue(key, out IReadOnlyList<TRow>? list)) rows[key] = list = new List<TRow>();
        ((List<TRow>)list).Add(row);
    }
}
