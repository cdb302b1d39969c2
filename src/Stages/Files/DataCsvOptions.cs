namespace StreamEngine.Files;

/// <summary>What is said of CSV files whose columns are known only when they are read.</summary>
/// <param name="Format">How they are written.</param>
/// <param name="Columns">The columns that are no texts; without a header all of them, in their order.</param>
internal sealed record DataCsvOptions(CsvOptions Format, IReadOnlyList<KeyValuePair<string, DataCell>> Columns)
{
    /// <summary>Texts that stand for null.</summary>
    public IReadOnlyList<string> Nulls { get; init; } = [];

    /// <summary>Whether an empty field of a column of texts is null too; in other columns it always is.</summary>
    public bool EmptyIsNull { get; init; }
}
