using CsvHelper;

namespace StreamEngine.Files;

/// <summary>CSV as records of a type: those marked <see cref="CsvRecordAttribute"/> by the mapper that the package generates for them, others by their constructor or properties.</summary>
internal sealed class TypedCsvFormat<T>(CsvOptions options) : CsvFormat<T>(options, IsMapped ? CsvReaderOptions.For<T>() : CsvReaderOptions.Default)
{
    private readonly Lock gate = new();
    private RowShape<T>? shape;

    private static bool IsMapped => typeof(T).IsDefined(typeof(CsvRecordAttribute), inherit: false);

    public override RecordDecoder<T> CreateDecoder(string file, ReadOnlySpan<byte> header)
    {
        if (IsMapped)
        {
            using CsvReader reader = CsvReader.Create(header.ToArray(), Parsing with { HasHeader = HasHeader });
            reader.ReadHeader();
            string[] columns = [.. reader.Headers];
            return new CsvDecoder<T>(file, columns, Parsing, new MappedBinder<T>(file, columns, reader));
        }

        // Files of a source look alike, so the code that binds them is made once for all that do.
        string[] names = ColumnsOf(header);
        lock (gate)
        {
            if (shape is null || !shape.Fits(names)) shape = RowShape<T>.Of(file, names, HasHeader);
            return new CsvDecoder<T>(file, names, Parsing, new ShapedBinder<T>(shape));
        }
    }
}
