using CsvHelper;

namespace StreamEngine.Files;

/// <summary>Makes a value of the record that a parser stands on.</summary>
internal interface IRowBinder<out T>
{
    /// <summary>How many fields a record has; 0 where it is not known.</summary>
    int Columns { get; }

    /// <summary>Makes the value.</summary>
    T Bind(CsvReader reader);

    /// <summary>Finds the field that <see cref="Bind"/> failed on, and says what is wrong with it; null where it is none of them.</summary>
    string? Explain(CsvReader reader);
}

/// <summary>Parses the records of one CSV file.</summary>
internal sealed class CsvDecoder<T>(string file, IReadOnlyList<string> columns, CsvReaderOptions options, IRowBinder<T> binder) : RecordDecoder<T>
{
    private readonly string file = file;
    private int fields = columns.Count > 0 ? columns.Count : binder.Columns;
    private CsvReader? reader;

    public override void Open(ReadOnlyMemory<byte> block)
    {
        reader?.Dispose();
        reader = CsvReader.Create(block, options);
    }

    public override T Next(ReadOnlyMemory<byte> record)
    {
        if (!reader!.Read() || reader.RawRecord.Length != record.Length)
        {
            throw new InvalidOperationException($"{file}: the parser sees a record of {reader.RawRecord.Length} bytes where one of {record.Length} was split off");
        }

        if (fields == 0) fields = reader.FieldCount;
        if (reader.FieldCount != fields) throw new FormatException($"the record has {reader.FieldCount} {(reader.FieldCount == 1 ? "field" : "fields")} and {fields} were expected");
        return binder.Bind(reader);
    }

    public override string Explain(Exception error) =>
        reader!.FieldCount == fields && binder.Explain(reader) is { } field ? field : (error.InnerException ?? error).Message;

    public override void Dispose()
    {
        reader?.Dispose();
        base.Dispose();
    }
}
