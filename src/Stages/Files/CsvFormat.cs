using CsvHelper;

namespace StreamEngine.Files;

/// <summary>CSV: types marked <see cref="CsvRecordAttribute"/> by the mapper that the package generates for them, others by their constructor or properties.</summary>
internal sealed class CsvFormat<T>(CsvOptions options) : RecordFormat<T>
{
    private readonly CsvSplitter splitter = new(options.Delimiter, options.Quote);
    private readonly CsvReaderOptions parsing = Parsing(options);
    private readonly Lock gate = new();
    private RowShape<T>? shape;

    public override bool HasHeader => options.HasHeader;

    public override int RecordBytesMax => options.RecordBytesMax;

    public override RecordKind Split(ReadOnlySpan<byte> data, bool isLast, out RecordExtent extent, out string? cause) =>
        splitter.Split(data, isLast, out extent, out cause);

    public override RecordDecoder<T> CreateDecoder(string file, ReadOnlySpan<byte> header)
    {
        CsvReader reader = CsvReader.Create(header.ToArray(), parsing with { HasHeader = options.HasHeader });
        using (reader)
        {
            reader.ReadHeader();
            string[] columns = [.. reader.Headers];
            if (typeof(T).IsDefined(typeof(CsvRecordAttribute), inherit: false)) return new CsvDecoder<T>(file, columns, parsing, new MappedBinder<T>(file, columns, reader));
        }

        // Files of a source look alike, so the code that binds them is made once for all that do.
        string[] names = options.HasHeader ? [.. HeadersOf(header)] : [];
        lock (gate)
        {
            if (shape is null || !shape.Fits(names)) shape = RowShape<T>.Of(file, names, options.HasHeader);
            return new CsvDecoder<T>(file, names, parsing, new ShapedBinder<T>(shape));
        }
    }

    private static CsvReaderOptions Parsing(CsvOptions options)
    {
        CsvReaderOptions given = typeof(T).IsDefined(typeof(CsvRecordAttribute), inherit: false) ? CsvReaderOptions.For<T>() : CsvReaderOptions.Default;
        return given with
        {
            Separator = options.Delimiter,
            Quote = options.Quote,
            HasHeader = false,
            Mode = CsvMode.Rfc4180,
            SkipEmptyLines = true,
            CommentPrefix = null,
            ShouldSkipRecord = null,
            OnRecordError = null,
            OnMalformedRecord = null,
            NormalizeHeaderName = ColumnNames.Normalize,
            MalformedData = CsvMalformedDataHandling.Recover,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
        };
    }

    private IEnumerable<string> HeadersOf(ReadOnlySpan<byte> header)
    {
        using CsvReader reader = CsvReader.Create(header.ToArray(), parsing with { HasHeader = true, NormalizeHeaderName = null });
        reader.ReadHeader();
        return [.. reader.Headers];
    }
}
