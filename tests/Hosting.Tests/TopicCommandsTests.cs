using System.Text.Json;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;
using StreamEngine.Hosting.CommandLine.Topics;

namespace StreamEngine.Hosting.Tests;

/// <summary>Topics that are made, written and deleted from the command line.</summary>
[Collection(HostProcesses.Name)]
public sealed class TopicCommandsTests(PipelinePrograms programs) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Data => folder.Combine("data");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_read_as_json_can_be_written_as_json_and_is_the_same()
    {
        Assert.Equal("topic orders is made, of 3 partitions\n", Ok("", "create", "orders", "--partitions", "3", "--value-format", "json", "--retention-time", "7d", "--retention-bytes", "1000000", "--compacted"));
        Assert.Equal("topic copy is made, of 3 partitions\n", Ok("", "create", "copy", "--partitions", "3", "--value-format", "json"));
        const string Lines = """
            {"key":"a","value":{"n":1,"text":"ä\tb"},"timestamp":1000,"headers":[{"name":"h","value":"x"},{"name":"h","value":null}]}
            {"key":"b","value":[1,2],"timestamp":2000,"partition":2}

            {"key":"a","value":null,"timestamp":3000}
            {"value":"no key","timestamp":4000}
            """;
        Assert.Equal("4 records written to topic orders\n", Ok(Lines, "write", "orders", "--json"));
        string read = Ok("", "read", "orders", "--json");
        Assert.Equal(4, read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("""{"partition":2,"offset":0,"timestamp":2000,"key":"b","value":[1,2],"headers":[]}""", read, StringComparison.Ordinal);
        Assert.Contains("""[{"name":"h","value":"x"},{"name":"h","value":null}]""", read, StringComparison.Ordinal);

        Ok(read, "write", "copy", "--json");
        Assert.Equal(read, Ok("", "read", "copy", "--json"));

        JsonElement described = JsonDocument.Parse(Ok("", "describe", "orders", "--json")).RootElement;
        Assert.False(described.GetProperty("bytesEstimated").GetBoolean());
        Assert.Equal((3, true, 604_800_000L, 1_000_000L), (
            described.GetProperty("partitions").GetInt32(),
            described.GetProperty("compacted").GetBoolean(),
            described.GetProperty("retentionMs").GetInt64(),
            described.GetProperty("retentionBytes").GetInt64()));
        Assert.Equal(["copy", "orders"], Ok("", "list", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()));
    }

    [Fact]
    public void Lines_become_values_or_keys_and_values_and_keys_lie_where_sinks_put_them()
    {
        Ok("", "create", "lines", "--partitions", "2");
        Ok("", "create", "numbers", "--key-format", "int32", "--value-format", "double");
        Assert.Equal("3 records written to topic lines\n", Ok("name-1:a:b\r\nname-2:\nname-1:c", "write", "lines", "--key-separator", ":"));
        Assert.Equal(["name-1 a:b", "name-1 c", "name-2 "], Records("lines").Order());
        Assert.Equal("2 records written to topic numbers\n", Ok("-7=1.5\n8=2e3\n", "write", "numbers", "--key-separator", "="));
        Assert.Equal(["-7 1.5", "8 2000"], Records("numbers"));
        Assert.Equal("1 record written to topic lines\n", Ok("alone\n", "write", "lines"));

        PipelinePrograms.WriteRows(folder.Combine("in.csv"), 0, 7);
        using HostProcess run = programs.Run(["run", programs.Path, "--data", Data], ("INPUT", folder.Combine("in.csv")));
        Assert.True(run.ExitCode == 0, run.Text);
        Dictionary<string, int> sink = Partitions("rows"), written = Partitions("lines");
        Assert.All(["name-1", "name-2"], key => Assert.Equal(sink[key], written[key]));
    }

    [Theory]
    [InlineData("string", "json", "{\"value\":1}\n{\"value\":2}\n{\"key\":5,\"value\":3}\n", 3, "its key: '5' must be a string")]
    [InlineData("string", "int64", "{\"value\":1}\n{\"value\":\"two\"}\n", 2, "its value: 'two' is no int64")]
    [InlineData("string", "json", "{\"value\":1}\n\n{\"key\":\"a\"}\n", 3, "it has no value; null deletes its key")]
    [InlineData("string", "json", "{\"value\":1}\n{\"value\":1,\"parition\":0}\n", 2, "it has a property 'parition'")]
    [InlineData("string", "json", "{\"value\":1}\n{\"value\":1,\"partition\":1}\n", 2, "its partition must be 0 to 0")]
    [InlineData("string", "json", "{\"value\":1}\n{\"value\":1", 2, "it is no JSON: ")]
    [InlineData("string", "json", "{\"value\":1}\n[1]\n", 2, "it is no JSON object")]
    [InlineData("string", "json", "\uFEFF{\"value\":1}\n{\"value\":1,\"value\":2}\n", 2, "it has a value twice")]
    [InlineData("string", "json", "{\"value\":1}\n{\"key\":\"a\",\"value\":1,\"key\":\"b\"}\n", 2, "it has a key twice")]
    [InlineData("string", "json", "{\"value\":1}\n{\"value\":1,\"timestamp\":9223372036854775807}\n", 2, "its timestamp must be milliseconds since 1970")]
    [InlineData("string", "json", "{\"value\":1}\n{\"value\":1,\"headers\":[{\"name\":1}]}\n", 2, "its headers must be an array of {")]
    public void A_bad_line_is_named_and_what_comes_before_it_is_written(string keys, string values, string lines, int bad, string error)
    {
        Ok("", "create", "in", "--key-format", keys, "--value-format", values);
        using HostProcess host = Start(lines, "write", "in", "--json");
        Assert.Equal(2, host.ExitCode);
        Assert.StartsWith($"error: line {bad}: {error}", host.Errors, StringComparison.Ordinal);
        int before = TopicText.Values(Data, "in").Count;
        Assert.Equal(lines.Split('\n').Take(bad - 1).Count(line => line.Length > 0), before);
        Assert.Contains($"The {before} record", host.Errors, StringComparison.Ordinal);
        Assert.Contains("write from that line on.", host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_typed_line_by_line_is_there_before_the_input_ends()
    {
        Ok("", "create", "in");
        using HostProcess host = programs.Start(["topics", "write", "in", "--data", Data]);
        host.Write("a\n");
        host.WaitFor(() => TopicText.Count(Data, "in") == 1, "the first line is there");
        host.Write("b\nc");
        host.WaitFor(() => TopicText.Count(Data, "in") == 2, "the second line is there, and not the half of the third");
        host.Send("d\n");
        host.WaitForExit();
        Assert.Equal(["a", "b", "cd"], TopicText.Values(Data, "in"));
    }

    [Fact]
    public void A_topic_is_deleted_unless_a_pipeline_needs_it()
    {
        PipelinePrograms.WriteRows(folder.Combine("in.csv"), 0, 7);
        using (HostProcess run = programs.Run(["run", programs.Path, "--data", Data], ("INPUT", folder.Combine("in.csv")))) Assert.True(run.ExitCode == 0, run.Text);
        Refused("topic rows is in use: pipeline copy writes it", "--force", "delete", "rows");
        Refused("topic streamengine.copy.dead-letters is internal to pipeline copy", "pipelines reset copy", "delete", "streamengine.copy.dead-letters");
        Refused("topic streamengine.copy.dead-letters is internal to pipeline copy", "Write to a topic", "write", "streamengine.copy.dead-letters");
        using (HostProcess reset = HostProcess.Run(["pipelines", "reset", "copy", "--data", Data])) Assert.True(reset.ExitCode == 0, reset.Text);
        Refused("topic rows is in use: pipeline copy used it before it was reset, and hasn't run since", "--force", "delete", "rows");
        Assert.Equal("topic rows is deleted\n", Ok("", "delete", "rows", "--force"));
        Refused("there is no topic rows", "There are no topics yet.", "delete", "rows");
    }

    [Theory]
    [InlineData("--partitions", "0", "topic in can't have 0 partitions: 1 to 4096 may be")]
    [InlineData("--retention-time", "soon", "--retention-time soon is no time to keep records for")]
    [InlineData("--retention-bytes", "-1", "--retention-bytes -1 is no number of bytes to keep")]
    [InlineData("--key-format", "text", "--key-format text is no format")]
    public void A_topic_that_can_not_be_is_refused_and_no_directory_is_made(string option, string value, string error)
    {
        Refused(error, "", "create", "in", option, value);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public void A_topic_that_is_there_or_has_a_name_of_the_engine_is_refused()
    {
        Ok("", "create", "in");
        Refused("there is a topic in already, of 1 partition", "topics describe", "create", "in");
        Refused("topic streamengine.x would have the name of a pipeline's own", "streamengine.", "create", "streamengine.x");
        Refused("'../in' can't name a topic", "", "create", "../in");
    }

    [Fact]
    public void Lines_are_split_as_they_are_however_they_arrive() => Gen.Select(Gen.String[Gen.Char["ab\n\r"], 0, 40], Gen.Int[1, 7]).Sample((text, step) =>
    {
        var lines = new LineReader(new SlowStream(System.Text.Encoding.UTF8.GetBytes(text), step));
        var found = new List<string>();
        while (lines.TryRead(out ReadOnlySpan<byte> line)) found.Add(System.Text.Encoding.UTF8.GetString(line));
        string[] expected = text.Split('\n');
        if (expected[^1].Length == 0) expected = expected[..^1];
        return found.SequenceEqual(expected.Select(line => line.EndsWith('\r') ? line[..^1] : line)) && lines.Number == found.Count;
    });

    [Fact]
    public void A_line_that_is_too_long_is_refused()
    {
        var lines = new LineReader(new SlowStream(new byte[LineReader.LineBytesMax + (1 << 20)], 1 << 16));
        Assert.Contains("more than", Assert.Throws<FormatException>(() => lines.TryRead(out _)).Message, StringComparison.Ordinal);
        Assert.Equal(1, lines.Number);
    }

    private string[] Records(string topic) => [.. Ok("", "read", topic).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(fields => $"{fields[2]} {fields[3]}")];

    private Dictionary<string, int> Partitions(string topic) => Ok("", "read", topic).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
        .DistinctBy(fields => fields[2]).ToDictionary(fields => fields[2], fields => int.Parse(fields[0].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture));

    private void Refused(string error, string remedy, params string[] arguments)
    {
        using HostProcess host = Start("", arguments);
        Assert.True(host.ExitCode == 2, host.Text);
        Assert.StartsWith($"error: {error}", host.Errors, StringComparison.Ordinal);
        Assert.Contains(remedy, host.Errors, StringComparison.Ordinal);
    }

    private string Ok(string input, params string[] arguments)
    {
        using HostProcess host = Start(input, arguments);
        Assert.True(host.ExitCode == 0, host.Text);
        Assert.Equal("", host.Errors);
        return host.Output;
    }

    private HostProcess Start(string input, params string[] arguments)
    {
        HostProcess host = programs.Start(["topics", .. arguments, "--data", Data]);
        try
        {
            host.Send(input);
        }
        catch (IOException)
        {
            // It ended without reading it.
        }

        host.WaitForExit();
        return host;
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class SlowStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, step));
    }
}
