using CsvHelper;
using StreamEngine.Records.Data;

namespace StreamEngine.Files;

/// <summary>Makes records with a field for each column. Thread-safe.</summary>
/// <param name="shape">The columns' names.</param>
/// <param name="cells">How each is read.</param>
internal sealed class DataRowBinder(DataShape shape, DataCell[] cells) : IRowBinder<DataObject>
{
    public int Columns => cells.Length;

    public DataObject Bind(CsvReader reader)
    {
        var values = new DataValue[cells.Length];
        for (int n = 0; n < values.Length; n++) values[n] = Read(reader, n);
        return new DataObject(shape, values);
    }

    public string? Explain(CsvReader reader)
    {
        for (int n = 0; n < cells.Length; n++)
        {
            try
            {
                Read(reader, n);
            }
            catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
            {
                return $"column {BadRecordException.Shown(shape.Names[n])}: '{BadRecordException.Shown(reader.GetString(n))}' is no {cells[n].Description}";
            }
        }

        return null;
    }

    private DataValue Read(CsvReader reader, int index)
    {
        DataCell cell = cells[index];
        if (ReferenceEquals(cell, DataCell.Text)) return DataValue.Of(reader.GetStringOrNull(index));
        return reader.IsNull(index) ? DataValue.Null : cell.Read(reader, index);
    }
}
