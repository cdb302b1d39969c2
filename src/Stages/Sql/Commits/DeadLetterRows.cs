using System.Text;
using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Sql.Commits;

/// <summary>The rows of records that could not be processed. One that comes again takes the place of itself.</summary>
internal static class DeadLetterRows
{
    private static readonly string[] Columns =
        ["pipeline", "identity", "subgraph", "stage", "source", "partition", "offset", "ordinal", "error", "message", "key", "value", "event_time", "headers"];

    private static readonly string Sql =
        $"INSERT INTO {SqlTables.DeadLetters} ({SqlDialect.Quote(Columns)}) VALUES ({string.Join(", ", Columns.Select(column => $"@{column}"))}) " +
        $"""ON CONFLICT ("pipeline", "identity") DO UPDATE SET {string.Join(", ", Columns.Skip(2).Select(column => $"\"{column}\" = excluded.\"{column}\""))}""";

    /// <summary>Writes letters of a pipeline.</summary>
    public static Task WriteAsync(SqlWork work, PipelineName pipeline, IReadOnlyList<DeadLetter> letters) => letters.Count == 0
        ? Task.CompletedTask
        : work.ExecuteEachAsync(Sql, [.. letters.Select(letter => Values(pipeline, letter))]);

    /// <summary>Forgets the letters of a pipeline.</summary>
    public static Task ClearAsync(SqlWork work, PipelineName pipeline) =>
        work.ExecuteAsync($"""DELETE FROM {SqlTables.DeadLetters} WHERE "pipeline" = @pipeline""", ("pipeline", pipeline.Value));

    private static (string, object?)[] Values(PipelineName pipeline, DeadLetter letter)
    {
        object?[] values =
        [
            pipeline.Value, StoredText.Escape(letter.Identity), letter.Subgraph, letter.Stage,
            letter.Source is { } source ? StoredText.Escape(source.Source) : null, letter.Source is { } place ? StoredText.Escape(place.Partition) : null,
            letter.Offset, letter.Ordinal, StoredText.ForPeople(letter.Error), StoredText.ForPeople(letter.Message), letter.Key?.ToArray(), letter.Value?.ToArray(),
            letter.Timestamp, Headers(letter.Headers),
        ];
        return [.. Columns.Zip(values)];
    }

    /// <summary>Headers as a JSON array in their order, values in base 64.</summary>
    private static string Headers(RecordHeaders headers)
    {
        if (headers.IsEmpty) return "[]";
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (RecordHeader header in headers)
            {
                json.WriteStartObject();
                json.WriteString("name", header.Name);
                if (header.Value is { } value) json.WriteBase64String("value", value.Span);
                else json.WriteNull("value");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
