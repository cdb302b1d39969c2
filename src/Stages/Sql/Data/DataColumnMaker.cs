using StreamEngine.Records.Data;
using StreamEngine.Sql.Columns;

namespace StreamEngine.Sql.Data;

/// <summary>Reads what a column gets of a row; null where there is nothing.</summary>
internal delegate DataValue DataField<TRow>(ref TRow row);

/// <summary>Makes columns of rows whose values are without a type of their own.</summary>
internal sealed class DataColumnMaker<TRow>(DataColumn column, ColumnSpec spec, SqlDialect dialect, DataField<TRow> read) : DataColumnType.IVisitor
{
    public object Visit<TStored>(DataColumnType.TryConvert<TStored> convert)
    {
        long ticks = dialect.TicksKept;
        return new Column<TRow, TStored>(
            spec,
            (ref TRow row, out TStored stored) =>
            {
                DataValue value = read(ref row);
                stored = default!;
                return !value.IsNull && (convert(value, ticks, out stored) ? true : throw Misfit(value));
            },
            dialect.CheckOf<TStored>(spec));
    }

    private DataException Misfit(DataValue value) => new(
        $"{spec.Path} is {DataText.Describe(value)}, which column {column.Name} ({column.Type.Word}) can't hold as it is: cast it before the sink, or give the column another type");
}
