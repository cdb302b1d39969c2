using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Sources;
using StreamEngine.Contracts;

namespace StreamEngine.Stages.Tests.Files;

public sealed class CsvFileConformance() : SourceConformance(new Factory("numbers.csv", "n", folder => StreamEngine.Files.Files.Csv<long>(folder)));

public sealed class CompressedCsvConformance() : SourceConformance(new Factory("numbers.csv.gz", "n", folder => StreamEngine.Files.Files.Csv<long>(folder)));

public sealed class JsonFileConformance() : SourceConformance(new Factory("numbers.jsonl", null, folder => StreamEngine.Files.Files.Json<long>(folder)));

/// <summary>A file of integers, one a line.</summary>
internal class Factory(string name, string? header, Func<string, SourceDefinition> define) : SourceFactory
{
    private readonly TemporaryFolder folder = new();

    public override string Folder => folder.Path;

    public override SourceDefinition Definition { get; } = define(name);

    private string File => folder.Combine(name);

    public override void Create()
    {
        System.IO.File.Delete(File);
        Append(header is null ? "" : header + "\n");
    }

    public override void Write(IEnumerable<long> values) => Append(string.Concat(values.Select(value => value.ToString(CultureInfo.InvariantCulture) + "\n")));

    public override void WriteBad() => Append("no number\n");

    public override void Lose() => System.IO.File.Delete(File);

    public override void Replace()
    {
        Create();
        Write(Enumerable.Range(10, 20).Select(n => (long)n));
    }

    public override void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Append(string text) => TestFiles.Append(File, text);
}
