using System.IO.Compression;
using System.Text;
using StreamEngine.Operators;
using StreamEngine.Records;

namespace StreamEngine.Hosting.Tests;

/// <summary>Bad input of every kind: the error says where and what to do, and nothing else is lost.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Mend = "Mend the line in a copy of the file that keeps the lines before it, and start again; or set errors.tolerance = all";

    private readonly BadInput input = new();

    public static TheoryData<string, byte[]> BadLines => new()
    {
        { "in.csv:52: text behind a closing quote", "\"a\"b,1\n"u8.ToArray() },
        { "in.csv:52: a quote inside a field that doesn't begin with one", "a\"b\",1\n"u8.ToArray() },
        { "in.csv:52: the record has 3 fields and 2 were expected", "a,1,2\n"u8.ToArray() },
        { "in.csv:52: the record has 1 field and 2 were expected", "a\n"u8.ToArray() },
        { "in.csv:52: the line is no UTF-8 text", [(byte)'a', 0xff, (byte)',', (byte)'1', (byte)'\n'] },
        { "in.csv:52: ", "a,one\n"u8.ToArray() },
    };

    public void Dispose() => input.Dispose();

    [Theory]
    [MemberData(nameof(BadLines))]
    public async Task A_bad_line_becomes_a_dead_letter_where_that_is_wanted_and_all_others_arrive(string place, byte[] line)
    {
        Write(line);
        await input.CompletesAsync("all");
        input.Has(Enumerable.Range(0, 100));
        (string value, string message) = Assert.Single(TopicText.Read(input.DataPath, BadInput.Letters, "streamengine.message"));
        Assert.Equal(Encoding.UTF8.GetString(line).TrimEnd('\n'), value);
        Assert.Contains(place, message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadLines))]
    public async Task A_bad_line_fails_the_pipeline_where_none_is_tolerated_and_mended_everything_arrives_once(string place, byte[] line)
    {
        Write(line);
        await input.FailsAsync(place, Mend);
        Write("name-x,100\n"u8.ToArray());
        await input.CompletesAsync();
        input.Has(Enumerable.Range(0, 101));
    }

    [Fact]
    public async Task A_line_of_a_hundred_megabytes_is_passed_over()
    {
        using (FileStream file = File.Create(input.Input))
        {
            file.Write(Encoding.UTF8.GetBytes("name,number\n" + PipelinePrograms.Rows(0, 50)));
            byte[] megabyte = new byte[1 << 20];
            Array.Fill(megabyte, (byte)'x');
            for (int i = 0; i < 100; i++) file.Write(megabyte);
            file.Write(Encoding.UTF8.GetBytes("\n" + PipelinePrograms.Rows(50, 50)));
        }

        await input.FailsAsync("in.csv:52: the record is longer than the 1048576 bytes that are read", Mend);
        await input.CompletesAsync("all");
        input.Has(Enumerable.Range(0, 100));
        (string value, string message) = Assert.Single(TopicText.Read(input.DataPath, BadInput.Letters, "streamengine.message"));
        Assert.InRange(value.Length, 1, 1 << 20);
        Assert.Contains("in.csv:52: the record is longer than", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_gzip_is_read_up_to_there_and_goes_on_from_a_whole_one()
    {
        byte[] whole = Compressed(5000);
        File.WriteAllBytes(input.Combine("in.csv.gz"), whole[..(whole.Length / 2)]);
        await input.FailsAsync("in.csv.gz, behind line ", "Put an undamaged copy in its place, with the same content up to there, and start again.", path: "in.csv.gz");
        File.WriteAllBytes(input.Combine("in.csv.gz"), whole);
        Assert.Null((await input.RunAsync(path: "in.csv.gz")).Failure);
        input.Has(Enumerable.Range(0, 5000));
    }

    [Fact]
    public async Task A_missing_file_is_named_and_read_when_it_has_come()
    {
        await input.FailsAsync("in.csv doesn't exist", "Put the file there, or mend the path: relative ones count from the pipeline's folder.");
        PipelinePrograms.WriteRows(input.Input, 0, 10);
        await input.CompletesAsync();
        input.Has(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task No_file_for_a_pattern_says_how_to_wait_for_one() => await input.FailsAsync("no file matches *.csv in ", "a pipeline that is to wait for files runs with --follow", path: "*.csv");

    [Fact]
    public async Task An_exception_in_user_code_tells_its_stage_and_line_and_the_record()
    {
        PipelinePrograms.WriteRows(input.Input, 0, 100);
        static Stream<NoKey, Row> Divide(Stream<NoKey, Row> rows) => rows.Where(row => 7 / (row.Number - 50) < 100);
        await input.FailsAsync(
            "stage where, Where(row => 7 / (row.Number - 50) < 100) (BadInputTests.cs:", "Mend the stage or the record, and start again: the pipeline goes on from its last commit.", Divide);
        await input.FailsAsync("in.csv, 52: DivideByZeroException: Attempted to divide by zero.", "errors.tolerance = all", Divide);
        Assert.Null((await input.RunAsync("all", Divide)).Failure);
        input.Has(Enumerable.Range(0, 100).Where(number => number != 50));
        (string value, string message) = Assert.Single(TopicText.Read(input.DataPath, BadInput.Letters, "streamengine.message"));
        Assert.Equal("""{"name":"name-1","number":50}""", value);
        Assert.Contains("DivideByZeroException", message, StringComparison.Ordinal);
    }

    private static byte[] Compressed(int rows)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes("name,number\n" + PipelinePrograms.Rows(0, rows)));
        return bytes.ToArray();
    }

    /// <summary>A hundred good rows, with a line between the halves.</summary>
    private void Write(byte[] line) => File.WriteAllBytes(
        input.Input, [.. Encoding.UTF8.GetBytes("name,number\n" + PipelinePrograms.Rows(0, 50)), .. line, .. Encoding.UTF8.GetBytes(PipelinePrograms.Rows(50, 50))]);
}
