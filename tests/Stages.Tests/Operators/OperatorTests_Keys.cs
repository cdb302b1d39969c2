using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>Keys, and what is kept for each.</summary>
public sealed class OperatorTests_Keys
{
    private static readonly Topic<string, int> Input = Topic.Of<string, int>("input", partitions: 3);
    private static readonly Topic<int, long> Counts = Topic.Of<int, long>("counts", partitions: 2);

    [Fact]
    public async Task KeyBy_before_keyed_state_moves_records_through_an_internal_topic_and_keeps_the_order_of_each_key()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Input).KeyBy(v => v % 5).Aggregate("", (text, v) => $"{text} {v}", name: "lists").To(Topic.Of<int, string>("lists")),
            new PipelineTestOptions { Tasks = 2 });
        for (int n = 0; n < 500; n++) kit.Send(Input, "one", n);

        await kit.RunToEnd();

        IReadOnlyDictionary<int, string> lists = kit.Table(Topic.Of<int, string>("lists"));
        Assert.All(Enumerable.Range(0, 5), key => Assert.Equal(string.Concat(Enumerable.Range(0, 500).Where(n => n % 5 == key).Select(n => $" {n}")), lists[key]));
        Assert.Contains("cut: lists-by-key-out -> streamengine.test.lists-by-key (4 partitions) -> lists", kit.Plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyBy_without_keyed_state_behind_it_needs_no_internal_topic()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).KeyBy(v => v % 2).To(Topic.Of<int, int>("output")));
        kit.Send(Input, "a", 3);
        kit.Send(Input, "a", 4);
        await kit.RunToEnd();
        Assert.Equal(["0 = 4", "1 = 3"], kit.Output(Topic.Of<int, int>("output")).OrderBy(record => record.Key).Select(record => record.ToString()));
        Assert.DoesNotContain("cut:", kit.Plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counting_by_the_key_of_a_topic_needs_no_internal_topic()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Where(v => v > 0).Count(name: "c").To(Topic.Of<string, long>("counts")));
        Assert.DoesNotContain("cut:", kit.Plan, StringComparison.Ordinal);
        foreach (string key in (string[])["a", "b", "a", "c", "a"]) kit.Send(Input, key, 1);
        await kit.RunToEnd();
        Assert.Equal(new Dictionary<string, long> { ["a"] = 3, ["b"] = 1, ["c"] = 1 }, kit.Table(Topic.Of<string, long>("counts")));
    }

    [Fact]
    public async Task ThenBy_makes_the_key_finer_where_the_records_are()
    {
        var output = Topic.Of<(string First, int Second), long>("counts", partitions: 3);
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).ThenBy(v => v % 2).Count(name: "c").To(output));
        Assert.DoesNotContain("cut:", kit.Plan, StringComparison.Ordinal);
        for (int n = 0; n < 9; n++) kit.Send(Input, n < 4 ? "a" : "b", n);
        await kit.RunToEnd();
        Assert.Equal(
            new Dictionary<(string, int), long> { [("a", 0)] = 2, [("a", 1)] = 2, [("b", 0)] = 3, [("b", 1)] = 2 }, kit.Table(output).ToDictionary(entry => entry.Key, entry => entry.Value));
    }

    [Fact]
    public async Task ThenBy_behind_KeyBy_is_cut_by_the_coarser_key()
    {
        var output = Topic.Of<(int First, string Second), long>("counts");
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).KeyBy(v => v % 2, name: "parity").ThenBy(v => v > 4 ? "high" : "low", name: "size").Count(name: "c").To(output));
        for (int n = 0; n < 8; n++) kit.Send(Input, $"{n}", n);
        await kit.RunToEnd();
        Assert.Equal(
            new Dictionary<(int, string), long> { [(0, "low")] = 3, [(1, "low")] = 2, [(0, "high")] = 1, [(1, "high")] = 2 },
            kit.Table(output).ToDictionary(entry => entry.Key, entry => entry.Value));
        Assert.Contains("    c-by-key-out <- parity:", kit.Plan, StringComparison.Ordinal);
        Assert.Contains("    size <- c-by-key:", kit.Plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_changed_key_is_handed_on_once_per_commit_and_unchanged_ones_are_not()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Count(name: "c").To(Topic.Of<string, long>("counts")));
        for (int n = 0; n < 50; n++) kit.Send(Input, "a", n);
        kit.Send(Input, "b", 0);
        await kit.RunToEnd();
        kit.Send(Input, "b", 1);
        await kit.RunToEnd();
        await kit.RunToEnd();

        ILookup<string, long> output = kit.Output(Topic.Of<string, long>("counts")).ToLookup(record => record.Key!, record => record.Value);
        Assert.Equal([50L], output["a"]);
        Assert.Equal([1L, 2L], output["b"]);
    }

    [Fact]
    public async Task A_null_state_removes_the_key_hands_on_a_tombstone_and_begins_at_the_seed_again()
    {
        Topic<string, string?> output = Topic.Of<string, string?>("output");
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Input).Aggregate((string?)"seed", (text, v) => v < 0 ? null : $"{text}+{v}", name: "a").To(output));
        foreach (int value in (int[])[1, -1, 2, 3])
        {
            kit.Send(Input, "k", value);
            await kit.RunToEnd();
        }

        Assert.Equal(["k = seed+1", "k = tombstone", "k = seed+2", "k = seed+2+3"], kit.Output(output).Select(record => record.ToString()));
    }

    [Fact]
    public async Task Tombstones_are_not_counted_summed_or_reduced()
    {
        Topic<string, string?> texts = Topic.Of<string, string?>("texts");
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            KeyedStream<string, string?> input = p.From(texts);
            input.Count(name: "count").To(Topic.Of<string, long>("counts"));
            input.Sum(v => v!.Length, name: "sum").To(Topic.Of<string, int>("sums"));
            input.Reduce((a, b) => a + b, name: "reduce").To(Topic.Of<string, string?>("joined"));
        });
        foreach (string? value in (string?[])["x", null, "yy", null]) kit.Send(texts, "k", value);

        await kit.RunToEnd();

        Assert.Equal(2, kit.Table(Topic.Of<string, long>("counts"))["k"]);
        Assert.Equal(3, kit.Table(Topic.Of<string, int>("sums"))["k"]);
        Assert.Equal("xyy", kit.Table(Topic.Of<string, string?>("joined"))["k"]);
    }

    [Fact]
    public async Task A_sum_beyond_its_type_fails_rather_than_wraps_around()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Sum(v => v, name: "s").To(Topic.Of<string, int>("sums")));
        kit.Send(Input, "k", int.MaxValue);
        kit.Send(Input, "k", 1);
        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);
        Assert.Contains("OverflowException", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_event_time_of_an_aggregate_is_the_latest_of_its_records_in_the_epoch()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Count(name: "c").To(Topic.Of<string, long>("counts")));
        DateTimeOffset noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        kit.Send(Input, "k", 1, noon);
        kit.Send(Input, "k", 1, noon.AddHours(-3));
        await kit.RunToEnd();
        Assert.Equal(noon, Assert.Single(kit.Output(Topic.Of<string, long>("counts"))).EventTime);
    }

    [Fact]
    public void Keyed_state_over_records_without_keys_is_refused_where_it_is_written()
    {
        var p = new PipelineBuilder("test");
        var keyless = (KeyedStream<NoKey, int>)null!;
        Assert.Throws<ArgumentNullException>(() => keyless.Count());
        KeyedStream<NoKey, int> stream = p.From(Topic.Of<NoKey, int>("numbers")).KeyBy(_ => default(NoKey));
        Assert.Contains("KeyBy(...) first", Assert.Throws<ArgumentException>(() => stream.Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_without_a_key_fails_at_the_stage_that_keeps_state()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Input).Count(name: "c").To(Topic.Of<string, long>("counts")), new PipelineTestOptions { Settings = "stream-engine.pipeline.errors.tolerance = all" });
        kit.Send(Input, null!, 1);
        await kit.RunToEnd();
        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Equal("c", letter.Stage);
        Assert.Contains("no key to keep a value for", letter.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_under_a_name_is_found_again_by_an_edited_graph()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Count(name: "c").To(Topic.Of<string, long>("counts")));
        kit.Send(Input, "k", 1);
        await kit.RunToEnd();

        await kit.Restart(define: p => p.From(Input).Where(v => v > 0).Select(v => $"{v}").Count(name: "c").To(Topic.Of<string, long>("counts")));
        kit.Send(Input, "k", 0);
        kit.Send(Input, "k", 1);
        await kit.RunToEnd();

        Assert.Equal(2, kit.Table(Topic.Of<string, long>("counts"))["k"]);
    }

    [Fact]
    public async Task State_of_another_shape_is_refused_with_the_ways_out_and_nothing_is_changed()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Count(name: "c").To(Topic.Of<string, long>("counts")));
        kit.Send(Input, "k", 1);
        await kit.RunToEnd();

        await kit.Restart(define: p => p.From(Input).Aggregate("", (text, v) => text + v, name: "c").To(Topic.Of<string, string>("texts")));
        kit.Send(Input, "k", 2);
        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);
        Assert.Contains("keyed state c has another shape: it was kept as string -> int64, and the stage now keeps string -> string", error.Message, StringComparison.Ordinal);
        Assert.Contains("Go back to the shape it had, or reset the pipeline", error.Message, StringComparison.Ordinal);

        await kit.Restart(define: p => p.From(Input).Count(name: "c").To(Topic.Of<string, long>("counts")));
        await kit.RunToEnd();
        Assert.Equal(2, kit.Table(Topic.Of<string, long>("counts"))["k"]);
    }

    [Fact]
    public async Task State_that_no_stage_goes_on_with_is_refused_with_the_name_it_had()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Count(name: "c").To(Topic.Of<string, long>("counts")));
        kit.Send(Input, "k", 1);
        await kit.RunToEnd();
        await kit.Restart(define: p => p.From(Input).Count(name: "renamed").To(Topic.Of<string, long>("counts")));
        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);
        Assert.Contains("keyed state c has no stage any more", error.Message, StringComparison.Ordinal);
        Assert.Contains("name: \"c\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_without_a_name_is_flagged_in_the_plan()
    {
        PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Sum(v => v * 2).To(Topic.Of<string, int>("sums")));
        Assert.Contains("(name it: an edit of the graph may lose it)", kit.Plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_over_several_topics_meet_by_key()
    {
        Topic<string, int> other = Topic.Of<string, int>("other", partitions: 2);
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).Merge(p.From(other)).KeyBy(v => v % 3).Count(name: "c").To(Counts), new PipelineTestOptions { Tasks = 3 });
        for (int n = 0; n < 300; n++)
        {
            kit.Send(Input, $"{n}", n);
            kit.Send(other, $"{n}", n);
        }

        await kit.RunToEnd();

        Assert.Equal(new Dictionary<int, long> { [0] = 200, [1] = 200, [2] = 200 }, kit.Table(Counts));
    }
}
