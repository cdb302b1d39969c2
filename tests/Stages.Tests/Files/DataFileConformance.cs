using StreamEngine.Contracts;
using StreamEngine.Files;
using StreamEngine.Records;
using StreamEngine.Records.Data;

namespace StreamEngine.Stages.Tests.Files;

public sealed class DataCsvFileConformance() : Conformance.Sources.SourceConformance(new DataFactory(
    "numbers.csv", "n", "n", path => new FileSourceDefinition<DataObject>(path, new DataCsvFormat(new DataCsvOptions(CsvOptions.Default, [KeyValuePair.Create("n", DataCell.Of("integer"))])))));

public sealed class DataCsvWithoutHeaderConformance() : Conformance.Sources.SourceConformance(new DataFactory(
    "numbers.csv.gz",
    null,
    "n",
    path => new FileSourceDefinition<DataObject>(path, new DataCsvFormat(new DataCsvOptions(CsvOptions.Default with { HasHeader = false }, [KeyValuePair.Create("n", DataCell.Of("integer"))])))));

public sealed class DataJsonFileConformance() : Conformance.Sources.SourceConformance(new DataFactory(
    "numbers.jsonl", null, "value", path => new FileSourceDefinition<DataObject>(path, new JsonFormat<DataObject>(CsvOptions.Default.RecordBytesMax, DataSerdes.Json))));

/// <summary>A file of integers, one a line, read as records without a type of their own.</summary>
internal sealed class DataFactory(string name, string? header, string field, Func<string, SourceDefinition> define) : Factory(name, header, define)
{
    public override long[] ValuesOf(Element element)
    {
        Span<Record<NoKey, DataObject>> records = ((Batch<NoKey, DataObject>)element).Span;
        var values = new long[records.Length];
        for (int n = 0; n < values.Length; n++) values[n] = records[n].Value[field].AsInteger();
        return values;
    }
}
