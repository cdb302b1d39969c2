using CsvHelper;
using StreamEngine.Diagnostics;
using StreamEngine.Records.Data;

namespace StreamEngine.Files;

/// <summary>CSV as records with a field for each column.</summary>
internal sealed class DataCsvFormat(DataCsvOptions options) : CsvFormat<DataObject>(options.Format, CsvReaderOptions.Default with { NullValues = NullsOf(options) })
{
    private readonly Lock gate = new();
    private string[] lastHeader = [];
    private DataRowBinder? binder;

    public override RecordDecoder<DataObject> CreateDecoder(string file, ReadOnlySpan<byte> header)
    {
        // Files of a source look alike, and records of one shape are read faster by what follows.
        string[] names = ColumnsOf(header);
        lock (gate)
        {
            if (binder is null || !names.SequenceEqual(lastHeader))
            {
                binder = HasHeader ? OfHeader(file, names) : new DataRowBinder(Columns(), [.. options.Columns.Select(column => column.Value)]);
                lastHeader = names;
            }

            return new CsvDecoder<DataObject>(file, names, Parsing, binder);
        }
    }

    private static string[] NullsOf(DataCsvOptions options) => [.. options.Nulls, .. options.EmptyIsNull ? new[] { "" } : []];

    private DataShape Columns() => new([.. options.Columns.Select(column => column.Key)]);

    private DataRowBinder OfHeader(string file, string[] header)
    {
        // Tables are often written with a column of numbers in front that has no name.
        string[] names = [.. header.Select((name, index) => name.Length > 0 ? name : $"column{index + 1}")];
        foreach (IGrouping<string, string> same in names.GroupBy(name => name).Where(group => group.Count() > 1))
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{file} has {same.Count()} columns {BadRecordException.Shown(same.Key)}",
                "Give each column of the header a name of its own, or say header = false and name the columns in the pipeline.");
        }

        foreach ((string name, _) in options.Columns.Where(column => !names.Contains(column.Key)))
        {
            string near = ColumnNames.Nearest(name, names) is { } nearest ? $"; did you mean {BadRecordException.Shown(nearest)}?" : "";
            throw new EngineException(
                ErrorDomain.User, $"{file} has no column {name}{near} Its columns are {ColumnNames.Listed(names)}", "Name columns as the file's header has them, or mend the header.");
        }

        Dictionary<string, DataCell> cells = new(options.Columns);
        return new DataRowBinder(new DataShape(names), [.. names.Select(name => cells.GetValueOrDefault(name, DataCell.Text))]);
    }
}
