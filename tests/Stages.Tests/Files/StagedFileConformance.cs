using System.Globalization;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records.Data;

namespace StreamEngine.Stages.Tests.Files;

public sealed class StagedJsonLinesConformance() : StagedSinkConformance(new StagedFiles(StreamEngine.Files.Files.JsonLines<long>("out")));

public sealed class StagedDataFilesConformance() : StagedSinkConformance(new StagedFiles(
    new ConvertedSink<long>(new StreamEngine.Files.JsonLinesDefinition<DataObject>("out", null, DataSerdes.Json), value => DataObject.Scalar(DataValue.Of(value)))));

/// <summary>Files of JSON lines, one integer a line.</summary>
internal sealed class StagedFiles(ValueSinkDefinition<long> sink) : StagedSinkFactory
{
    private readonly TemporaryFolder folder = new();

    public override string Folder => folder.Path;

    public override ValueSinkDefinition<long> Definition { get; } = sink;

    private string Output => folder.Combine("out");

    private string Staging => folder.Combine("out", ".staging");

    public override IReadOnlyList<(string Name, IReadOnlyList<long> Values)> Published() => Directory.Exists(Output)
        ? [.. Directory.EnumerateFiles(Output).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), Values(file)))]
        : [];

    public override int CountStaged() => Directory.Exists(Staging) ? Directory.EnumerateFiles(Staging).Count() : 0;

    public override void Clear()
    {
        if (Directory.Exists(Output)) Directory.Delete(Output, recursive: true);
    }

    public override void Dispose()
    {
        folder.Dispose();
        base.Dispose();
    }

    private static IReadOnlyList<long> Values(string file) => [.. File.ReadLines(file).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
}
