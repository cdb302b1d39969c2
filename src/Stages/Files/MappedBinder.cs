using CsvHelper;
using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>Binds by the mapper that the CSV package has generated for the type.</summary>
internal sealed class MappedBinder<T> : IRowBinder<T>
{
    private readonly IReadOnlyList<string> columns;
    private readonly CsvRecordMapper<T> mapper;

    /// <summary>A binder for files with the columns that a reader has found.</summary>
    /// <exception cref="EngineException">Columns are missing.</exception>
    public MappedBinder(string file, IReadOnlyList<string> columns, CsvReader header)
    {
        this.columns = columns;
        try
        {
            mapper = CsvRecordMapper.Create<T>(header);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new EngineException(
                ErrorDomain.User,
                $"{file}: no {typeof(T).Name} can be made of its records: {e.Message} The columns are {ColumnNames.Listed(columns)}",
                "Name the members after the columns, say which column they are of ([CsvColumn]), or mend the file's header.",
                e);
        }
    }

    public int Columns => 0;

    public T Bind(CsvReader reader) => mapper.Read(reader);

    public string? Explain(CsvReader reader)
    {
        string? member = mapper.FindFailingMember(reader, out int index);
        if (member is null || index < 0) return null;
        string column = index < columns.Count ? columns[index] : $"{index + 1}";
        return $"column {column}: '{BadRecordException.Shown(reader.GetString(index))}' is no value of {member}";
    }
}
