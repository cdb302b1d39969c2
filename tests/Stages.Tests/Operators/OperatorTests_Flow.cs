using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>Streams that flow together and apart, event times, headers, and where streams end.</summary>
public sealed class OperatorTests_Flow
{
    private static readonly Topic<string, string?> Left = Topic.Of<string, string?>("left", partitions: 2);
    private static readonly Topic<string, string?> Right = Topic.Of<string, string?>("right", partitions: 3);
    private static readonly Topic<string, string?> Output = Topic.Of<string, string?>("output");

    [Fact]
    public async Task Merge_hands_on_every_record_of_both_and_keeps_the_order_of_each_source_partition()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Left).Merge(p.From(Right)).To(Output), new PipelineTestOptions { Tasks = 3 });
        for (int n = 0; n < 1000; n++)
        {
            kit.Send(Left, $"l{n % 7}", $"{n}");
            kit.Send(Right, $"r{n % 7}", $"{n}");
        }

        await kit.RunToEnd();

        IReadOnlyList<OutputRecord<string, string?>> output = kit.Output(Output);
        Assert.Equal(2000, output.Count);
        Assert.All(output.GroupBy(record => record.Key), key => Assert.Equal(
            Enumerable.Range(0, 1000).Where(n => key.Key!.EndsWith($"{n % 7}", StringComparison.Ordinal)).Select(n => $"{n}"), key.Select(record => record.Value)));
    }

    [Fact]
    public async Task Merge_of_an_empty_stream_ends_as_the_other_does()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Left).Merge(p.From(Right)).To(Output));
        kit.Send(Left, "a", "1");
        await kit.RunToEnd();
        kit.Send(Right, "b", "2");
        await kit.Settle();
        Assert.Equal(["a = 1", "b = 2"], kit.Output(Output).Select(record => record.ToString()));
    }

    [Fact]
    public void Merge_with_itself_or_with_another_pipeline_is_refused()
    {
        var p = new PipelineBuilder("one");
        KeyedStream<string, string?> left = p.From(Left);
        Assert.Contains("would double its records", Assert.Throws<ArgumentException>(() => left.Merge(left)).Message, StringComparison.Ordinal);
        var other = new PipelineBuilder("two");
        KeyedStream<string, string?> foreign = other.From(Right);
        Assert.Contains("belongs to pipeline two", Assert.Throws<ArgumentException>(() => left.Merge(foreign)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Split_sends_each_record_one_way_and_the_ways_may_meet_again()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            (KeyedStream<string, string?> even, KeyedStream<string, string?> odd) = p.From(Left).Split(v => v is not null && v[^1] % 2 == 0, name: "parity");
            even.To(Topic.Of<string, string?>("even"));
            odd.To(Topic.Of<string, string?>("odd"));
            even.Select(v => (string?)(v + "e")).Merge(odd.Select(v => v is null ? null : v + "o")).To(Output);
        });
        foreach (string? value in (string?[])["1", "2", "3", "4", null]) kit.Send(Left, "a", value);

        await kit.RunToEnd();

        Assert.Equal(["2", "4"], kit.Output(Topic.Of<string, string?>("even")).Select(record => record.Value));
        Assert.Equal(["1", "3", null], kit.Output(Topic.Of<string, string?>("odd")).Select(record => record.Value));
        Assert.Equal([null, "1o", "2e", "3o", "4e"], kit.Output(Output).Select(record => record.Value).Order(StringComparer.Ordinal));
        Assert.Contains("parity-matching", kit.Plan, StringComparison.Ordinal);
        Assert.Contains("parity-rest", kit.Plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithEventTime_takes_the_time_from_the_value_and_a_time_without_zone_as_UTC()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            KeyedStream<string, string?> left = p.From(Left);
            left.WithEventTime(v => DateTimeOffset.Parse(v!, null)).To(Topic.Of<string, string?>("offset"));
            left.WithEventTime(v => new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Unspecified)).To(Topic.Of<string, string?>("unspecified"));
        });
        kit.Send(Left, "a", "2026-03-04T07:06:07+02:00");

        await kit.RunToEnd();

        DateTimeOffset expected = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        Assert.Equal(expected, Assert.Single(kit.Output(Topic.Of<string, string?>("offset"))).EventTime);
        Assert.Equal(expected, Assert.Single(kit.Output(Topic.Of<string, string?>("unspecified"))).EventTime);
    }

    [Fact]
    public async Task WithHeader_adds_behind_the_headers_there_are_and_none_for_null()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Left).WithHeader("value", v => v).WithHeader("twice", v => v is null ? "none" : v + v).To(Output));
        kit.Send(Left, "a", "ü", headers: [new RecordHeader("value", "old")]);
        kit.Send(Left, "a", null);

        await kit.RunToEnd();

        IReadOnlyList<OutputRecord<string, string?>> output = kit.Output(Output);
        Assert.Equal(["value", "value", "twice"], output[0].Headers.Select(header => header.Name));
        Assert.Equal(("ü", "üü"), (output[0].Header("value"), output[0].Header("twice")));
        Assert.Equal((null, "none"), (output[1].Header("value"), output[1].Header("twice")));
    }

    [Fact]
    public async Task To_puts_each_key_into_the_partition_of_its_hash_or_where_the_topic_says()
    {
        Topic<string, string?> hashed = Topic.Of<string, string?>("hashed", partitions: 4);
        Topic<string, string?> chosen = Topic.Of<string, string?>("chosen", partitions: 4).PartitionBy((key, partitions) => key.Length % partitions);
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            KeyedStream<string, string?> left = p.From(Left);
            left.To(hashed);
            left.To(chosen);
        });
        for (int n = 0; n < 100; n++) kit.Send(Left, new string('k', n % 10), $"{n}");

        await kit.RunToEnd();

        Assert.All(kit.Output(hashed).GroupBy(record => record.Key), key => Assert.Single(key.Select(record => record.Partition).Distinct()));
        Assert.True(kit.Output(hashed).Select(record => record.Partition).Distinct().Count() > 1);
        Assert.All(kit.Output(chosen), record => Assert.Equal(record.Key!.Length % 4, record.Partition));
        Assert.Equal(100, kit.Output(chosen).Count);
    }

    [Fact]
    public async Task Records_without_keys_go_to_the_partitions_in_turn()
    {
        Topic<NoKey, int> numbers = Topic.Of<NoKey, int>("numbers");
        Topic<NoKey, int> spread = Topic.Of<NoKey, int>("spread", partitions: 3);
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(numbers).To(spread));
        for (int round = 0; round < 3; round++)
        {
            kit.Send(numbers, round);
            await kit.Settle();
        }

        Assert.Equal([0, 1, 2], kit.Output(spread).Select(record => record.Value).Order());
        Assert.All(kit.Output(spread), record => Assert.False(record.HasKey));
    }

    [Fact]
    public async Task A_topic_that_is_written_and_read_joins_two_pipelines()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            new PipelineTestOptions(),
            ("first", p => p.From(Left).Select(v => v + "1").To(Topic.Of<string, string>("between", partitions: 2))),
            ("second", p => p.From(Topic.Of<string, string>("between")).Select(v => v + "2").To(Topic.Of<string, string>("end"))));
        kit.Send(Left, "a", "0");
        await kit.RunToEnd();
        kit.Send(Left, "b", "0");
        await kit.Settle();

        Assert.Equal(["a = 012", "b = 012"], kit.Output(Topic.Of<string, string>("end")).Select(record => record.ToString()));
        Assert.Equal(2, kit.Log.Find("between")!.Partitions);
    }

    [Fact]
    public async Task Reading_begins_where_the_topic_says_and_goes_on_from_the_position_after_that()
    {
        DateTimeOffset noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        Topic<string, string?> one = Topic.Of<string, string?>("one");
        await using PipelineTestKit kit = PipelineTestKit.For(p =>
        {
            p.From(one.FromEarliest(), name: "all").To(Topic.Of<string, string?>("all"));
            p.From(one.FromLatest(), name: "new").To(Topic.Of<string, string?>("new"));
            p.From(one.FromTime(noon), name: "late").To(Topic.Of<string, string?>("late"));
        });
        kit.Send(one, "a", "early", noon.AddHours(-1));
        kit.Send(one, "a", "noon", noon);
        await kit.RunToEnd();
        kit.Send(one, "a", "after", noon.AddHours(-2));
        await kit.RunToEnd();

        Assert.Equal(["early", "noon", "after"], kit.Output(Topic.Of<string, string?>("all")).Select(record => record.Value));
        Assert.Equal(["after"], kit.Output(Topic.Of<string, string?>("new")).Select(record => record.Value));
        Assert.Equal(["noon", "after"], kit.Output(Topic.Of<string, string?>("late")).Select(record => record.Value));
    }
}
