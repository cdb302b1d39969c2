using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>Verbs that look at a record or make another value of it.</summary>
public sealed class OperatorTests_Values
{
    private static readonly Topic<string, string?> Input = Topic.Of<string, string?>("input");
    private static readonly Topic<string, string?> Output = Topic.Of<string, string?>("output");
    private static readonly Topic<string, int> Numbers = Topic.Of<string, int>("numbers");

    [Fact]
    public async Task A_stream_that_nothing_is_done_to_is_written_as_it_was_read()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).To(Output));
        DateTimeOffset time = new(2020, 2, 29, 12, 30, 0, TimeSpan.Zero);
        kit.Send(Input, "a", "1", time, [new RecordHeader("trace", "x"), new RecordHeader("trace", "y"), new RecordHeader("none", (ReadOnlyMemory<byte>?)null)]);
        kit.Send(Input, null!, "2");
        kit.Send(Input, "b", null);

        await kit.RunToEnd();

        IReadOnlyList<OutputRecord<string, string?>> output = kit.Output(Output);
        Assert.Equal(["a = 1", "no key = 2", "b = tombstone"], output.Select(record => record.ToString()));
        Assert.Equal(time, output[0].EventTime);
        Assert.Equal(kit.Clock.GetUtcNow(), output[1].EventTime);
        Assert.Equal(["trace", "trace", "none"], output[0].Headers.Select(header => header.Name));
        Assert.Equal("y", output[0].Header("trace"));
        Assert.Null(output[0].Headers[2].Value);
    }

    [Fact]
    public async Task Where_hands_on_what_its_predicate_holds_for_and_sees_tombstones_as_null()
    {
        await Check(["a = 11", "a = 13"], s => s.Where(v => v is not null && v.StartsWith('1')), "11", "21", "13", null);
        await Check(["a = 11", "a = tombstone"], s => s.Where(v => v is null or "11"), "11", "21", null);
        await Check([], s => s.Where((key, _) => key != "a"), "11", null);
    }

    [Fact]
    public async Task Select_makes_another_value_and_null_makes_a_tombstone()
    {
        await Check(["a = 11!", "a = was none"], s => s.Select(v => (string?)(v is null ? "was none" : v + "!")), "11", null);
        await Check(["a = tombstone", "a = tombstone"], s => s.Select(_ => (string?)null), "11", null);
        await Check(["a = a-11", "a = a-"], s => s.Select((key, value) => (string?)$"{key}-{value}"), "11", null);
    }

    [Fact]
    public async Task SelectMany_makes_none_one_or_several_records_of_each_in_order()
    {
        await Check(["a = x", "a = y", "a = z"], s => s.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => (string?)part)), "x,y", "", null, "z");
        await Check(["a = tombstone", "a = b"], s => s.SelectMany<string, string?, string?>(_ => [null, "b"]), "x");
    }

    [Fact]
    public async Task Peek_sees_each_record_and_changes_none()
    {
        var seen = new List<string?>();
        await Check(["a = 1", "a = tombstone"], s => s.Peek(seen.Add), "1", null);
        Assert.Equal(["1", null], seen);
    }

    [Fact]
    public async Task ForEach_gets_key_and_value_of_each_record()
    {
        var seen = new List<(string, string?)>();
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.Promise(Guarantee.AtLeastOnce).From(Input).ForEach((key, value) => seen.Add((key, value))));
        kit.Send(Input, "a", "1");
        kit.Send(Input, "b", null);

        await kit.RunToEnd();
        await kit.RunToEnd();

        Assert.Equal([("a", "1"), ("b", null)], seen);
    }

    [Fact]
    public async Task Headers_keys_and_event_times_survive_every_verb_that_changes_values()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input)
            .Where(_ => true).Select(v => v + "1").SelectMany(v => new[] { v + "2" }).SelectAsync(async (v, cancellation) => { await Task.Yield(); return v + "3"; })
            .Peek(_ => { }).KeyBy(_ => "k").ThenBy(_ => "t").Select(v => (string?)v).To(Topic.Of<(string, string), string?>("pairs")));
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(1);
        kit.Send(Input, "a", "0", time, [new RecordHeader("h", "x")]);

        await kit.RunToEnd();

        OutputRecord<(string, string), string?> record = Assert.Single(kit.Output(Topic.Of<(string, string), string?>("pairs")));
        Assert.Equal((("k", "t"), "0123", time, "x"), (record.Key, record.Value, record.EventTime, record.Header("h")));
    }

    [Fact]
    public async Task A_tombstone_of_a_type_without_null_fails_where_its_value_is_asked_for_and_passes_where_it_is_not()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p =>
            {
                KeyedStream<string, int> numbers = p.From(Numbers);
                numbers.To(Topic.Of<string, int>("copy"));
                numbers.Select(n => n + 1, name: "add").To(Topic.Of<string, int>("sums"));
            },
            new PipelineTestOptions { Settings = "stream-engine.pipeline.errors.tolerance = all" });
        kit.Send(Numbers, "a", 1);
        kit.SendTombstone(Numbers, "a");
        kit.Send(Numbers, "a", 2);

        await kit.RunToEnd();

        Assert.Equal(["a = 1", "a = tombstone", "a = 2"], kit.Output(Topic.Of<string, int>("copy")).Select(record => record.ToString()));
        Assert.Equal(["a = 2", "a = 3"], kit.Output(Topic.Of<string, int>("sums")).Select(record => record.ToString()));
        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Equal(("add", 1, (ReadOnlyMemory<byte>?)null), (letter.Stage, letter.Offset, letter.Value));
    }

    [Fact]
    public async Task A_stream_that_several_verbs_are_called_on_goes_to_all_of_them()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            KeyedStream<string, string?> input = p.From(Input);
            input.Select(v => v + "-left").To(Topic.Of<string, string>("left"));
            input.Select(v => v + "-right").To(Topic.Of<string, string>("right"));
            input.To(Output);
        });
        for (int n = 0; n < 5000; n++) kit.Send(Input, "a", n.ToString(System.Globalization.CultureInfo.InvariantCulture));

        await kit.RunToEnd();

        Assert.Equal(Enumerable.Range(0, 5000).Select(n => $"{n}-left"), kit.Output(Topic.Of<string, string>("left")).Select(record => record.Value));
        Assert.Equal(Enumerable.Range(0, 5000).Select(n => $"{n}-right"), kit.Output(Topic.Of<string, string>("right")).Select(record => record.Value));
        Assert.Equal(Enumerable.Range(0, 5000).Select(n => $"{n}"), kit.Output(Output).Select(record => record.Value));
    }

    private static async Task Check(string[] expected, Func<KeyedStream<string, string?>, Stream<string, string?>> verbs, params string?[] values)
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => verbs(p.From(Input)).To(Output));
        foreach (string? value in values) kit.Send(Input, "a", value);
        await kit.RunToEnd();
        Assert.Equal(expected, kit.Output(Output).Select(record => record.ToString()));
    }
}
