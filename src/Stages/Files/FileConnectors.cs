using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Records.Data;

namespace StreamEngine.Files;

/// <summary>Files as connectors of pipelines without code.</summary>
public static class FileConnectors
{
    private const int RecordBytesLeast = 256;
    private const int RecordBytesMost = 1 << 28;

    /// <summary>Options that only CSV has.</summary>
    private static readonly string[] OfCsv = ["columns", "header", "delimiter", "quote", "nulls", "empty-as-null"];

    /// <summary>Reads files of CSV, JSON or text.</summary>
    public static SourceConnector Source { get; } = new("files", "Reads files of CSV, JSON or text lines, compressed by gzip or not.")
    {
        Description =
            "Each file is a partition; relative paths count from the folder of the pipeline. A pipeline that follows takes up files that come later, and lines that " +
            "are added to plain ones. Records have the time at which they are read; the transform timestamp gives them their own.\n\n" +
            "csv: a record has a field for each column, named as the header has it (column3 where it has no name); a field is a text unless its column is given another " +
            "type. An empty field of such a column is null. A time without a zone is UTC in a column of timestamps.\n\n" +
            "json: a value on each line; empty lines are none. lines: a text on each line, in the field value.\n\n" +
            "A line that can't be read is a bad record with file, line and column: errors.tolerance says what becomes of it.",
        Example = "source { connector = files, format = csv, path = \"in/*.csv\", columns { amount = decimal, day = date } }",
        Options =
        [
            new("path", OptionType.Text, "A file, a folder or a pattern: in/*.csv.gz, in/**/*.csv.") { IsRequired = true, Importance = Importance.High },
            new("format", OptionType.Choice, "How the files are written.") { IsRequired = true, Choices = ["csv", "json", "lines"], Importance = Importance.High },
            new("columns", OptionType.Map, "csv: the types of the columns that are no texts. Without a header all columns, in their order.")
            {
                Importance = Importance.High,
                Item = new("", OptionType.Choice, "What the column holds.") { Choices = [.. DataCell.All.Select(cell => cell.Type)] },
            },
            new("header", OptionType.Flag, "csv: whether the first record names the columns.") { Default = "true" },
            new("delimiter", OptionType.Text, "csv: what separates fields; an ASCII character.") { Default = "\",\"" },
            new("quote", OptionType.Text, "csv: what encloses a field that has delimiters or line breaks in it, and is doubled inside; an ASCII character.")
            {
                Default = "\"\\\"\"",
                Importance = Importance.Low,
            },
            new("nulls", OptionType.List, "csv: texts that stand for null, such as NA.") { Item = new("", OptionType.Text, "A text.") },
            new("empty-as-null", OptionType.Flag, "csv: whether an empty field of a column of texts is null; it is the empty text otherwise.") { Default = "false" },
            new("record-bytes-max", OptionType.Size, "The longest record that is read. A longer one is a bad record, and is passed over without being held in memory.")
            {
                Default = "1MiB",
                Min = RecordBytesLeast,
                Max = RecordBytesMost,
                Importance = Importance.Low,
            },
        ],
        Create = CreateSource,
    };

    /// <summary>Writes files of JSON lines.</summary>
    public static SinkConnector Sink { get; } = new("files", "Writes files of JSON lines into a folder below the data directory, exactly-once.")
    {
        Description =
            "What a task writes until a limit is reached is a file, which appears under its final name when it is published and is never changed after that. Names sort in " +
            "the order in which a task wrote them. Files that aren't published lie in .staging in the folder. A tombstone is the line null.",
        Example = "sink { connector = files, path = out }",
        Options =
        [
            new("path", OptionType.Text, "The folder, below the data directory.") { IsRequired = true, Importance = Importance.High },
            new("format", OptionType.Choice, "How the files are written: json is a value on each line.") { Default = "json", Choices = ["json"], Importance = Importance.Low },
            new("limits", OptionType.Object, "When a file is closed and published: as soon as one of these is reached. Without it, what the pipeline's staged says.")
            {
                Options =
                [
                    new("records", OptionType.Integer, "Records of a file.") { IsRequired = true, Min = 1 },
                    new("bytes", OptionType.Size, "Bytes of a file.") { IsRequired = true, Min = 1 },
                    new("age", OptionType.Duration, "How long a file is open.") { IsRequired = true, Min = 1 },
                ],
            },
        ],
        Create = CreateSink,
    };

    private static FileSourceDefinition<DataObject> CreateSource(IOptions options)
    {
        string path = Given(options, "path");
        if (options.Text("format") == "csv") return new(path, new DataCsvFormat(Csv(options, path)));
        foreach (string name in OfCsv.Where(options.IsGiven))
        {
            throw new OptionException(
                name, $"{name} is for format = csv, and the format is {options.Text("format")}", name == "columns" ? "Leave it out; the transform cast gives fields other types." : "Leave it out, or give format = csv.");
        }

        int bytesMax = (int)options.Size("record-bytes-max");
        return new(path, options.Text("format") == "json" ? new JsonFormat<DataObject>(bytesMax, DataSerdes.Json) : new LinesFormat<DataObject>(bytesMax, DataSerdes.String));
    }

    private static DataCsvOptions Csv(IOptions options, string path)
    {
        var format = new CsvOptions
        {
            HasHeader = options.Flag("header"),
            Delimiter = Character(options, "delimiter"),
            Quote = Character(options, "quote"),
            RecordBytesMax = (int)options.Size("record-bytes-max"),
        };
        KeyValuePair<string, DataCell>[] columns = [.. options.Map("columns").Select(column => KeyValuePair.Create(column.Key, DataCell.Of(column.Value.Text(""))))];
        if (columns.Length == 0 && !format.HasHeader)
        {
            throw new OptionException(options.Has("columns") ? "columns" : "header", "without a header, columns have no names", "Name all of them in their order: columns { day = date, amount = decimal, note = text }.");
        }

        try
        {
            return new DataCsvOptions(format.Checked(path), columns) { Nulls = options.Texts("nulls"), EmptyIsNull = options.Flag("empty-as-null") };
        }
        catch (EngineException e)
        {
            throw new OptionException("delimiter", e.Message, e.Remedy, e);
        }
    }

    private static char Character(IOptions options, string name) => options.Text(name) is [var single]
        ? single
        : throw new OptionException(name, $"'{options.Text(name)}' is no single character", $"Give one ASCII character: {name} = \";\", or \"\\t\" for a tab.");

    private static JsonLinesDefinition<DataObject> CreateSink(IOptions options)
    {
        StageLimits? limits = options.Has("limits") && options.Object("limits") is { } given
            ? new StageLimits(given.Integer("records"), given.Size("bytes"), given.Duration("age"))
            : null;
        string path = Given(options, "path");
        return OutputFolder.LeadsOut(path)
            ? throw new OptionException("path", $"'{path}' leads out of the data directory", "Give a folder below it, such as out or out/daily.")
            : new(path, limits, DataSerdes.Json);
    }

    private static string Given(IOptions options, string name) => string.IsNullOrWhiteSpace(options.Text(name))
        ? throw new OptionException(name, $"{name} is empty", "Give a path.")
        : options.Text(name);
}
