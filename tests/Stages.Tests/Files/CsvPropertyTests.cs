using System.Text;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Files;
using FileStages = StreamEngine.Files.Files;

namespace StreamEngine.Stages.Tests.Files;

public sealed class CsvPropertyTests
{
    private static readonly Gen<string> Field = Gen.Char["ab\",;\n\r\t é"].Array[0, 6].Select(chars => new string(chars));

    private static readonly Gen<string> BadLine = Gen.Int[0, 4].Select(n => new[] { "only one", "a,b,c,d", "x\"y,1,z", "\"q\"r,1,z", "s,far,z" }[n]);

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void Whatever_is_written_comes_out_once_from_wherever_reading_goes_on(string name) =>
        Gen.Select(
            Gen.OneOf(Gen.Select(Field, Gen.Int, Field, (a, n, b) => (Text: $"{Quoted(a)},{n},{Quoted(b)}", Row: (Wide?)new Wide(a, n, b))), BadLine.Select(line => (Text: line, Row: (Wide?)null)))
                .Array[0, 1400],
            Gen.Bool.Select(isLong => isLong ? "\r\n" : "\n"),
            Gen.Bool,
            Gen.Int[0, int.MaxValue]).Sample(
            (rows, lineBreak, endsInBreak, pick) =>
            {
                using var folder = new TemporaryFolder();
                string text = "first,number,second" + lineBreak + string.Join(lineBreak, rows.Select(row => row.Text)) + (endsInBreak ? lineBreak : "");
                TestFiles.Append(folder.Combine(name), text);
                FileRun<Wide> whole = FileRun<Wide>.Read(FileStages.Csv<Wide>(name), folder.Path);
                Wide[] expected = [.. rows.Where(row => row.Row is not null).Select(row => row.Row!)];
                Assert.Equal(expected, whole.Values);
                Assert.Equal(rows.Length - expected.Length, whole.Bad.Count);
                (string partition, int read, Records.Position position) = whole.Positions[pick % whole.Positions.Count];
                FileRun<Wide> rest = FileRun<Wide>.Read(FileStages.Csv<Wide>(name), folder.Path, new Dictionary<string, Records.Position> { [partition] = position });
                Assert.Equal(expected.Skip(read), rest.Values);
                Assert.Equal(whole.Lines.Skip(read), rest.Lines);
            },
            iter: PropertyRuns.Of(60),
            threads: 1);

    [Fact]
    public void The_splitter_says_the_same_of_a_record_however_little_of_it_has_been_read() =>
        Gen.Char["a\",\n\r"].Array[1, 14].Sample(
            chars =>
            {
                var splitter = new CsvSplitter(',', '"');
                byte[] data = Encoding.UTF8.GetBytes(chars);
                RecordKind whole = splitter.Split(data, isLast: true, out RecordExtent extent, out _);
                for (int length = 0; length < data.Length; length++)
                {
                    RecordKind part = splitter.Split(data.AsSpan(0, length), isLast: false, out RecordExtent seen, out _);
                    if (part == RecordKind.Partial) continue;
                    Assert.Equal((whole, extent), (part, seen));
                }
            },
            iter: PropertyRuns.Of(20_000),
            threads: 1);

    /// <summary>A field as a careful program writes it.</summary>
    private static string Quoted(string text) => text.AsSpan().IndexOfAny("\",\r\n") >= 0 || text.Length == 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}

public sealed record Wide(string First, int Number, string Second);
