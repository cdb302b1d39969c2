using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;
using StreamEngine.Log;

namespace StreamEngine.Hosting.Tests;

/// <summary>What is said of pipelines, their dead letters and checkpoints, and what pausing them does.</summary>
[Collection(HostProcesses.Name)]
public sealed class PipelineCommandsTests : IDisposable
{
    private const int Rows = 20;

    private readonly TemporaryFolder folder = new();
    private readonly PipelinePrograms programs;

    public PipelineCommandsTests(PipelinePrograms programs)
    {
        this.programs = programs;
        PipelinePrograms.WriteRows(Input, 0, Rows);
        File.WriteAllText(Config, "stream-engine.pipeline.errors.tolerance = all");
    }

    private string Data => folder.Combine("data");

    private string Input => folder.Combine("in.csv");

    private string Config => folder.Combine("own.conf");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_paused_pipeline_is_not_started_until_it_is_resumed_and_all_that_shows_it_says_so()
    {
        Assert.Equal(0, Run("copy").ExitCode);
        Assert.Equal("pipeline copy is paused: runs don't start it until pipelines resume copy\n", Ok("pipelines", "pause", "copy"));
        Assert.Equal("pipeline copy was paused already\n", Ok("pipelines", "pause", "copy"));
        Assert.StartsWith("copy\tpaused\tgeneration 1\t", Ok("pipelines", "list"), StringComparison.Ordinal);

        File.AppendAllText(Input, PipelinePrograms.Rows(Rows, 3));
        HostProcess paused = Run("copy");
        Assert.Equal(1, paused.ExitCode);
        Assert.Contains("copy paused: it was not started; pipelines resume copy lets it run again\n", paused.Output, StringComparison.Ordinal);
        Assert.Contains("is paused and isn't started", paused.Errors, StringComparison.Ordinal);
        Assert.Equal(Rows, TopicText.Count(Data));

        Assert.Equal("pipeline copy is resumed: the next run starts it\n", Ok("pipelines", "resume", "copy"));
        Assert.Equal(0, Run("copy").ExitCode);
        Assert.Equal(Rows + 3, TopicText.Count(Data));
        Refused("holds no pipeline other", "It holds copy.", "pipelines", "pause", "other");
    }

    [Fact]
    public void A_pipeline_that_was_paused_and_deleted_leaves_no_pause_to_the_next_of_its_name()
    {
        Run("copy");
        Ok("pipelines", "pause", "copy");
        Ok("pipelines", "delete", "copy");
        Assert.Equal(0, Run("copy").ExitCode);
        Assert.Equal(2 * Rows, TopicText.Count(Data));
    }

    [Fact]
    public void A_pipeline_is_described_with_its_positions_dead_letters_and_checkpoints()
    {
        Run("divides");
        string checkpoint = Ok("checkpoints", "create").Split(' ')[1];
        string text = Ok("pipelines", "describe", "copy");
        Assert.StartsWith("copy: stopped, generation 1, exactly-once\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  sink to-rows: topic rows\n", text, StringComparison.Ordinal);
        Assert.Contains("\ndead letters: 1 in topic streamengine.copy.dead-letters\n", text, StringComparison.Ordinal);
        Assert.Contains($"\ncheckpoint {checkpoint}\n", text, StringComparison.Ordinal);

        JsonElement described = JsonDocument.Parse(Ok("pipelines", "describe", "copy", "--json")).RootElement;
        Assert.Equal(("stopped", 1L, 1L), (described.GetProperty("state").GetString(), described.GetProperty("generation").GetInt64(), described.GetProperty("deadLetters").GetProperty("count").GetInt64()));
        JsonElement source = described.GetProperty("subgraphs")[0].GetProperty("sources")[0];
        Assert.EndsWith("in.csv", source.GetProperty("partitions")[0].GetProperty("partition").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, source.GetProperty("lag").ValueKind);
        Assert.Equal(1, described.GetProperty("starts")[0].GetProperty("generation").GetInt64());
        Assert.Equal(checkpoint, described.GetProperty("checkpoints")[0].GetString());
        Assert.Equal("stopped", JsonDocument.Parse(Ok("pipelines", "list", "--json")).RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public void A_pipeline_in_a_database_is_described_with_its_positions_where_its_definition_is_at_hand()
    {
        Run("table");
        Assert.Contains("not known: positions of subgraph ", Ok("pipelines", "describe", "copy"), StringComparison.Ordinal);
        using HostProcess host = programs.Run(["pipelines", "describe", "copy", "--json", "--data", Data, "--pipelines", programs.Path], ("PROGRAM", "table"), ("INPUT", Input));
        Assert.True(host.ExitCode == 0, host.Text);
        JsonElement described = JsonDocument.Parse(host.Output).RootElement;
        Assert.Empty(described.GetProperty("unknown").EnumerateArray());
        JsonElement database = Assert.Single(described.GetProperty("subgraphs").EnumerateArray(), subgraph => subgraph.GetProperty("commitPoint").GetString()!.StartsWith("sqlite:", StringComparison.Ordinal));
        Assert.Equal(0, database.GetProperty("sources")[0].GetProperty("lag").GetInt64());
        Assert.Contains("streamengine_dead_letters of sqlite:", described.GetProperty("deadLetters").GetProperty("tables")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains("copy\t-\ttable streamengine_dead_letters of sqlite:", Ok("dlq", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_that_failed_is_shown_with_its_cause()
    {
        File.WriteAllText(Config, "stream-engine.pipeline.restarts.max = 0");
        Assert.Equal(1, Run("divides").ExitCode);
        string listed = Ok("pipelines", "list");
        Assert.StartsWith("copy\tfailed\tgeneration 1\t", listed, StringComparison.Ordinal);
        Assert.Contains("divide by zero", listed, StringComparison.Ordinal);
        Assert.Contains("divide by zero", Ok("pipelines", "describe", "copy"), StringComparison.Ordinal);
        Ok("pipelines", "reset", "copy");
        Assert.StartsWith("copy\tstopped\tgeneration 2\t", Ok("pipelines", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public void Dead_letters_are_listed_and_shown_with_what_they_came_from()
    {
        Run("copy");
        Assert.Equal("", Ok("dlq", "list"));
        Assert.Equal("", Ok("dlq", "show", "copy"));
        Ok("pipelines", "delete", "copy");
        Run("divides");
        Assert.Equal("copy\t1\ttopic streamengine.copy.dead-letters\n", Ok("dlq", "list"));
        JsonElement letter = JsonDocument.Parse(Ok("dlq", "show", "copy", "--json")).RootElement;
        Assert.Equal(("DivideByZeroException", "in", 0), (letter.GetProperty("error").GetString()!.Split('.')[^1], letter.GetProperty("source").GetString(), letter.GetProperty("headers").GetArrayLength()));
        Assert.EndsWith("in.csv", letter.GetProperty("partition").GetString(), StringComparison.Ordinal);
        string[] fields = Ok("dlq", "show", "copy", "--limit", "5").TrimEnd('\n').Split('\t');
        Assert.Equal("0", fields[0]);
        Assert.Contains("DivideByZeroException", fields[4], StringComparison.Ordinal);
        Refused("--limit 0 is no number of records", "Give a number from 1 on.", "dlq", "show", "copy", "--limit", "0");
        Refused("holds no pipeline other", "It holds copy.", "dlq", "show", "other");
    }

    [Fact]
    public void A_checkpoint_is_put_back_with_what_came_later_kept_beside_it()
    {
        Run("copy");
        Assert.Equal("", Ok("checkpoints", "list"));
        string id = Ok("checkpoints", "create").Split(' ')[1];
        Assert.Matches($"^{id}\t[0-9: -]+\t[0-9]+ bytes\tcopy\twhole\n$", Ok("checkpoints", "list"));
        Assert.Equal(id, JsonDocument.Parse(Ok("checkpoints", "list", "--json")).RootElement.GetProperty("id").GetString());
        File.AppendAllText(Input, PipelinePrograms.Rows(Rows, 3));
        Run("copy");

        string restored = Ok("checkpoints", "restore", id);
        Assert.StartsWith($"the log is that of checkpoint {id} now, of ", restored, StringComparison.Ordinal);
        string kept = restored.Split('\n')[1]["the log that was there is kept as ".Length..];
        Assert.True(Directory.Exists(kept), kept);
        Assert.Equal(Rows, TopicText.Count(Data));
        Run("copy");
        Assert.Equal(Rows + 3, TopicText.Count(Data));

        foreach (string other in (string[])["20200101-000000-000", "../checkpoints", ".."]) Refused($"there is no checkpoint {other} in ", "checkpoints list shows those there are.", "checkpoints", "restore", other);
        Assert.Equal(Rows + 3, TopicText.Count(Data));
    }

    [Fact]
    public void What_writes_is_refused_while_an_engine_runs_with_its_process_and_what_reads_is_not()
    {
        Run("copy");
        string id = Ok("checkpoints", "create").Split(' ')[1];
        using HostProcess engine = programs.Start(["run", programs.Path, "--data", Data, "--follow"], ("INPUT", Input));
        engine.WaitFor(() => Ok("pipelines", "list").StartsWith("copy\trunning\t", StringComparison.Ordinal), "the pipeline runs");
        string[][] writing =
        [
            ["pipelines", "pause", "copy"], ["pipelines", "resume", "copy"], ["pipelines", "reset", "copy"], ["pipelines", "delete", "copy"],
            ["topics", "create", "x"], ["topics", "delete", "rows"], ["topics", "write", "rows"], ["checkpoints", "create"], ["checkpoints", "restore", id],
        ];
        foreach (string[] arguments in writing) Refused($"the data directory {Data} is in use by process {engine.Id} on ", "Stop that process", arguments);
        foreach (string[] arguments in (string[][])[["pipelines", "describe", "copy"], ["topics", "describe", "rows"], ["dlq", "list"], ["dlq", "show", "copy"], ["checkpoints", "list"]]) Ok(arguments);
        Assert.True(DataDirectory.IsInUse(Data));
        engine.Interrupt();
        engine.WaitForExit();
        Assert.Equal(0, engine.ExitCode);
        Assert.False(DataDirectory.IsInUse(Data));
    }

    private HostProcess Run(string program) => programs.Run(["run", programs.Path, "--data", Data, "--config", Config], ("PROGRAM", program), ("INPUT", Input));

    private void Refused(string error, string remedy, params string[] arguments)
    {
        using HostProcess host = programs.Run([.. arguments, "--data", Data]);
        Assert.True(host.ExitCode == 2, host.Text);
        Assert.Contains(error, host.Errors, StringComparison.Ordinal);
        Assert.Contains(remedy, host.Errors, StringComparison.Ordinal);
    }

    private string Ok(params string[] arguments)
    {
        using HostProcess host = programs.Run([.. arguments, "--data", Data]);
        Assert.True(host.ExitCode == 0, host.Text);
        return host.Output;
    }
}
