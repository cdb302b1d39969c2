using System.Collections.Concurrent;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>Calls that return later: bounded, in order, waited for by the barrier, and failing as the policy says.</summary>
public sealed class OperatorTests_Async
{
    private static readonly Topic<string, int> Input = Topic.Of<string, int>("input");
    private static readonly Topic<string, int> Output = Topic.Of<string, int>("output");

    [Fact]
    public async Task Ordered_results_leave_in_the_order_of_the_records_however_their_calls_return()
    {
        using var gate = new CallGate(together: 4);
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).SelectAsync(gate.Call, concurrency: 4).To(Output));
        for (int n = 0; n < 20; n++) kit.Send(Input, $"k{n % 3}", n);

        Task run = kit.RunToEnd();
        gate.ReturnBackwards(until: 20);
        await run;

        Assert.Equal(Enumerable.Range(0, 20).Select(n => n * 10), kit.Output(Output).Select(record => record.Value));
        Assert.Equal(4, gate.RunningMost);
    }

    [Fact]
    public async Task Unordered_results_leave_as_their_calls_return_but_those_of_a_key_in_its_order()
    {
        await CheckUnordered(["a", "b", "a"]);
        await CheckUnordered(["a", "b", null!, "a"]);
    }

    [Fact]
    public async Task Unordered_results_keep_the_order_of_keys_that_are_equal_by_their_bytes_only() =>
        await CheckUnordered<byte[]>([[1], [2], [1]]);

    /// <summary>The last record has the key of the first: it returns first of all, and must wait for it, while the others need not.</summary>
    private static async Task CheckUnordered<TKey>(TKey[] keys)
    {
        using var gate = new CallGate(together: keys.Length);
        var seen = new SeenValues();
        Topic<TKey, int> input = Topic.Of<TKey, int>("input");
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(input).SelectAsync(gate.Call, concurrency: 8, ordered: false).Peek(seen.Add).To(Topic.Of<TKey, int>("output")));
        for (int n = 0; n < keys.Length; n++) kit.Send(input, keys[n], n);

        Task run = kit.RunToEnd();
        gate.WaitForCalls(keys.Length);
        for (int n = keys.Length - 1; n > 0; n--) gate.Return(n);
        seen.WaitFor(10);
        gate.Return(0);
        await run;

        int last = 10 * (keys.Length - 1);
        Assert.Equal([0, last], seen.All.Where(value => value == 0 || value == last));
        Assert.True(seen.All.IndexOf(10) < seen.All.IndexOf(0), "the result of another key waited");
        Assert.Equal(keys.Length, kit.Output(Topic.Of<TKey, int>("output")).Count);
    }

    [Fact]
    public async Task A_commit_waits_for_the_calls_that_were_begun_before_its_barrier()
    {
        using var gate = new CallGate(together: 5);
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).SelectAsync(gate.Call, concurrency: 8).To(Output));
        for (int n = 0; n < 5; n++) kit.Send(Input, "k", n);

        Task run = kit.RunToEnd();
        gate.WaitForCalls(5);
        Assert.Empty(kit.Output(Output));
        gate.ReturnBackwards(until: 5);
        await run;

        Assert.Equal([0, 10, 20, 30, 40], kit.Output(Output).Select(record => record.Value));
    }

    [Fact]
    public async Task A_crash_while_calls_are_under_way_makes_them_again()
    {
        using var gate = new CallGate(together: 5);
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.From(Input).SelectAsync(gate.Call, concurrency: 8).To(Output));
        for (int n = 0; n < 5; n++) kit.Send(Input, "k", n);
        kit.Start();
        gate.WaitForCalls(5);
        await kit.Crash();

        Task run = kit.RunToEnd();
        gate.ReturnBackwards(until: 10);
        await run;

        Assert.Equal([0, 10, 20, 30, 40], kit.Output(Output).Select(record => record.Value));
    }

    [Fact]
    public async Task A_call_that_does_not_return_fails_its_task_at_the_drain_timeout()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => p.Set("drain.timeout", "50ms").Set("restarts.max", "0").From(Input)
            .SelectAsync(async (value, cancellation) => { await Task.Delay(Timeout.Infinite, cancellation); return value; }).To(Output));
        kit.Send(Input, "k", 1);
        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);
        Assert.Contains("hasn't reached to-output within 0.1 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("raise drain.timeout", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_call_that_fails_is_made_again_and_then_given_up_whether_it_fails_at_once_or_later(bool atOnce, bool ordered)
    {
        var calls = new ConcurrentDictionary<int, int>();
        async ValueTask<int> Call(int value, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!atOnce) await Task.Yield();
            int made = calls.AddOrUpdate(value, 1, (_, before) => before + 1);
            if (value == 3 || (value % 2 == 0 && made < 3)) throw new IOException($"call {made} of {value}");
            return value;
        }

        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.Set("errors.retries", "2").Set("errors.delay", "1ms").Set("errors.tolerance", "all").From(Input).SelectAsync(Call, ordered: ordered, name: "call").To(Output),
            new PipelineTestOptions { Patience = TimeSpan.FromSeconds(10) });
        for (int n = 0; n < 6; n++) kit.Send(Input, "k", n);

        await kit.RunToEnd();

        Assert.Equal([0, 1, 2, 4, 5], kit.Output(Output).Select(record => record.Value));
        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Equal(("call", 3L), (letter.Stage, letter.Offset));
        Assert.Contains("call 3 of 3", letter.Message, StringComparison.Ordinal);
        Assert.Equal([3, 1, 3, 3, 3, 1], calls.OrderBy(entry => entry.Key).Select(entry => entry.Value));
    }

    [Fact]
    public async Task A_failed_call_fails_the_pipeline_when_nothing_is_tolerated()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Input).SelectAsync(async (value, _) => { await Task.Yield(); return value / (value - 1); }, name: "divide").To(Output));
        kit.Send(Input, "k", 1);
        EngineException error = await Assert.ThrowsAnyAsync<EngineException>(kit.RunToEnd);
        Assert.Contains("stage divide, SelectAsync(", error.Message, StringComparison.Ordinal);
        Assert.Contains("DivideByZeroException", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_letter_of_a_call_has_the_key_and_the_value_of_its_record()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.Set("errors.tolerance", "all").From(Input).SelectAsync(async (value, _) => { await Task.Yield(); return 1 / value; }).To(Output));
        kit.Send(Input, "k", 0);
        await kit.RunToEnd();
        DeadLetter letter = Assert.Single(kit.DeadLetters());
        Assert.Equal("k"u8.ToArray(), letter.Key.GetValueOrDefault().ToArray());
        Assert.Equal([0, 0, 0, 0], letter.Value.GetValueOrDefault().ToArray());
    }

    [Fact]
    public void A_concurrency_below_one_is_refused()
    {
        var p = new PipelineBuilder("test");
        Assert.Throws<ArgumentOutOfRangeException>(() => p.From(Input).SelectAsync((value, _) => ValueTask.FromResult(value), concurrency: 0));
    }

    [Fact]
    public async Task Calls_before_keyed_state_are_counted_once_each()
    {
        await using PipelineTestKit kit = PipelineTestKit.For(
            p => p.From(Input).SelectAsync(async (value, _) => { await Task.Yield(); return value; }, concurrency: 32, ordered: false).Count(name: "c").To(Topic.Of<string, long>("counts")));
        for (int n = 0; n < 5000; n++) kit.Send(Input, $"k{n % 4}", n);
        await kit.RunToEnd();
        Assert.All(kit.Table(Topic.Of<string, long>("counts")), entry => Assert.Equal(1250, entry.Value));
    }
}
