using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>The kit's own source and sink.</summary>
public sealed class TestSourceTests
{
    private static readonly Topic<string, int> Output = Topic.Of<string, int>("output");
    private readonly TestSource<string, int> source = new("events", partitions: 2);

    [Fact]
    public async Task What_was_added_is_read_once_across_runs_and_a_crash()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(source).To(Output));
        source.Add("a", 1);
        source.Add("b", 2, partition: 1);
        await kit.RunToEnd();
        source.Add("a", 3);
        await kit.Settle();
        source.Add("b", 4, partition: 1);
        await kit.Crash();
        await kit.RunToEnd();
        Assert.Equal([1, 2, 3, 4], kit.Output(Output).Select(record => record.Value).Order());
    }

    [Fact]
    public async Task Poison_takes_its_place_among_the_records_and_is_a_dead_letter_or_an_error()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.Set("errors.tolerance", "all").From(source).To(Output));
        source.Add("a", 1);
        source.AddPoison("broken line"u8.ToArray(), new FormatException("no comma"));
        source.Add("a", 2);
        await kit.RunToEnd();
        Assert.Equal([1, 2], kit.Output(Output).Select(record => record.Value));
        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Equal(("broken line", 1L), (Encoding.UTF8.GetString(letter.Value.GetValueOrDefault().Span), letter.Offset));
        Assert.Contains("events, 0, 1: FormatException: no comma", letter.Message, StringComparison.Ordinal);

        await using PipelineTestKit strict = PipelineTestKit.For(p => p.From(source).To(Output));
        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(strict.RunToEnd);
        Assert.Contains("no comma", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_fails_for_a_while_is_read_on_when_it_works_again()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.Set("restarts.max", "100000").From(source).To(Output));
        source.Add("a", 1);
        await kit.Settle();
        source.FailWith(new IOException("connection lost"));
        source.Add("a", 2);
        await kit.WaitUntil(() => source.Failures > 3, "failures of the source");
        source.FailWith(null);
        await kit.Settle();
        Assert.Equal([1, 2], kit.Output(Output).Select(record => record.Value));
    }

    [Fact]
    public async Task A_sink_without_transactions_gets_everything_at_least_once_though_it_fails_now_and_then()
    {
        var sink = new TestSink<string, int>("store");
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.Promise(Guarantee.AtLeastOnce).Set("restarts.max", "100000").From(source).To(sink));
        source.Add("a", 1);
        await kit.Settle();
        Assert.Equal([1], sink.Records.Select(record => record.Value));

        sink.FailWith(new IOException("store is down"));
        source.Add("b", 2);
        kit.Start();
        await kit.WaitUntil(() => sink.Failures > 2, "failures of the sink");
        sink.FailWith(null);
        await kit.Settle();

        Assert.Equal([1, 2], sink.Records.Select(record => record.Value).Distinct());
        Assert.Equal(["a", "b"], sink.Records.Select(record => record.Key).Distinct());
    }

    [Fact]
    public async Task Settling_is_refused_where_the_kit_cannot_see_what_is_committed()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.Promise(Guarantee.AtMostOnce).From(source).To(Output));
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(kit.Settle);
        Assert.Contains("use RunToEnd instead of Settle", error.Message, StringComparison.Ordinal);
    }
}
