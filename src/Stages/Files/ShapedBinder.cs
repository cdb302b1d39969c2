using CsvHelper;

namespace StreamEngine.Files;

/// <summary>Binds by the constructor or the properties of a type.</summary>
internal sealed class ShapedBinder<T>(RowShape<T> shape) : IRowBinder<T>
{
    public int Columns => shape.Columns.Count;

    public T Bind(CsvReader reader) => shape.Bind(reader, shape.Indexes, shape.Defaults);

    public string? Explain(CsvReader reader)
    {
        foreach ((RowMember member, int index) in shape.Members.Zip(shape.Indexes))
        {
            if (index < 0 || member.Cell.TryRead(reader, index)) continue;
            string column = index < shape.Columns.Count ? shape.Columns[index] : member.Name;
            return $"column {column}: '{BadRecordException.Shown(reader.GetString(index))}' is no {member.Cell.Description}";
        }

        return null;
    }
}
