using CsvHelper;

namespace StreamEngine.Files;

/// <summary>CSV, whatever its records become.</summary>
/// <param name="options">How the files are written.</param>
/// <param name="parsing">How fields are read, where that is not the format's business.</param>
internal abstract class CsvFormat<T>(CsvOptions options, CsvReaderOptions parsing) : RecordFormat<T>
{
    private readonly CsvSplitter splitter = new(options.Delimiter, options.Quote);

    public override bool HasHeader => options.HasHeader;

    public override int RecordBytesMax => options.RecordBytesMax;

    /// <summary>How a run of records is parsed.</summary>
    protected CsvReaderOptions Parsing { get; } = parsing with
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

    public override RecordKind Split(ReadOnlySpan<byte> data, bool isLast, out RecordExtent extent, out string? cause) =>
        splitter.Split(data, isLast, out extent, out cause);

    /// <summary>The names of the columns as the first record has them; none where there is no header.</summary>
    protected string[] ColumnsOf(ReadOnlySpan<byte> header)
    {
        if (!HasHeader) return [];
        using CsvReader reader = CsvReader.Create(header.ToArray(), Parsing with { HasHeader = true, NormalizeHeaderName = null });
        reader.ReadHeader();
        return [.. reader.Headers];
    }
}
