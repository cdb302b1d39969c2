using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using StreamEngine.Hosting.Running;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>
/// Rows that a command prints: a table where a person looks at them, lines with tabs between the fields where a program does.
/// </summary>
/// <param name="columns">What the columns are called.</param>
internal sealed class Listing(params string[] columns)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private readonly List<string[]> rows = [];

    /// <summary>Prints a value as a line of JSON, with names in camel case.</summary>
    public static void PrintJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Adds a row; it may have fewer fields than there are columns.</summary>
    public void Add(params string[] fields) => rows.Add([.. fields.Select(RecordPrinter.Visible)]);

    /// <summary>Prints the rows.</summary>
    public void Print()
    {
        var terminal = new Terminal();
        if (!terminal.IsInteractive || rows.Count == 0)
        {
            foreach (string[] row in rows) Console.Out.WriteLine(string.Join('\t', row));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (string column in columns) table.AddColumn(new TableColumn(new Text(column)));
        foreach (string[] row in rows) table.AddRow(row.Select(field => new Text(field)));
        terminal.Drawing.Write(table);
    }
}
