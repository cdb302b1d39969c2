using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using StreamEngine.Contracts;
using StreamEngine.Log;
using StreamEngine.Records;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>What pipelines have written into a data directory, as a text that doesn't depend on which task was faster.</summary>
internal static class ExampleOutput
{
    /// <summary>Topics with their keys and values, dead letters with their causes, tables and files.</summary>
    public static string Of(string dataFolder)
    {
        var text = new StringBuilder();
        Topics(dataFolder, text);
        foreach (string database in Directory.EnumerateFiles(dataFolder, "*.db").Order(StringComparer.Ordinal)) Tables(database, text);
        foreach (string folder in Directory.EnumerateDirectories(dataFolder).Order(StringComparer.Ordinal).Where(folder => Path.GetFileName(folder) is not ("engine" or "logs"))) Files(folder, text);
        return text.ToString();
    }

    private static void Topics(string dataFolder, StringBuilder text)
    {
        using LogView view = LogView.Open(dataFolder);
        foreach (TopicInfo topic in view.Topics.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            bool isOfDeadLetters = topic.Name.EndsWith(".dead-letters", StringComparison.Ordinal);
            if (topic.Spec.Owner is not null && !isOfDeadLetters) continue;
            List<(string Key, string Value, string Error)> records = Records(view, topic);
            if (isOfDeadLetters && records.Count == 0) continue;

            // How often a key changes within a run depends on when commits come; what is left of it doesn't.
            IEnumerable<string> lines = isOfDeadLetters ? records.Select(record => $"{record.Value}: {record.Error}")
                : topic.Spec.Compacted ? records.GroupBy(record => record.Key).Select(group => $"{group.Key}\t{group.Last().Value}")
                : records.Select(record => record.Key.Length == 0 ? record.Value : $"{record.Key}\t{record.Value}");
            Section(text, isOfDeadLetters ? "dead letters" : $"topic {topic.Name}{(topic.Spec.Compacted ? ", compacted" : "")}, {topic.Partitions} partitions", lines);
        }
    }

    private static List<(string Key, string Value, string Error)> Records(LogView view, TopicInfo topic)
    {
        var records = new List<(string, string, string)>();
        var pool = new ChunkPool();
        for (int partition = 0; partition < topic.Partitions; partition++)
        {
            foreach (Chunk chunk in view.Read(topic, partition, view.Range(topic, partition).FirstOffset, pool))
            {
                var reader = new ChunkReader(chunk);
                while (reader.MoveNext())
                {
                    string error = "";
                    foreach (RecordHeader header in reader.Headers)
                    {
                        if (header.Name == "streamengine.message" && header.Value is { } told) error = Encoding.UTF8.GetString(told.Span);
                    }

                    records.Add((reader.HasKey ? Text(reader.Key) : "", reader.HasValue ? Encoding.UTF8.GetString(reader.Value) : "tombstone", error));
                }

                chunk.Release();
            }
        }

        return records;
    }

    /// <summary>A key as text; of a binary format, its bytes.</summary>
    private static string Text(ReadOnlySpan<byte> key) => key.Length > 0 && key[0] == 0 ? Convert.ToHexString(key) : Encoding.UTF8.GetString(key);

    private static void Tables(string database, StringBuilder text)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        foreach (string table in Rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'streamengine_%' ORDER BY name"))
        {
            Section(text, $"table {table} of {Path.GetFileName(database)}", Rows(connection, $"SELECT * FROM \"{table}\""));
        }
    }

    private static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(n => reader.IsDBNull(n) ? "null" : Convert.ToString(reader.GetValue(n), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    private static void Files(string folder, StringBuilder text) =>
        Section(text, $"files in {Path.GetFileName(folder)}", Directory.EnumerateFiles(folder).SelectMany(File.ReadLines));

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        text.Append(title).Append('\n');
        foreach (string line in lines.Order(StringComparer.Ordinal)) text.Append("  ").Append(line).Append('\n');
    }
}
