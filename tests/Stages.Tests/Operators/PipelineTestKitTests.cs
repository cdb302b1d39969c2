using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>What the kit promises to the tests that are written with it.</summary>
public sealed class PipelineTestKitTests
{
    private static readonly Topic<string, int> Input = Topic.Of<string, int>("input", partitions: 3);
    private static readonly Topic<string, long> Counts = Topic.Of<string, long>("counts", partitions: 2);

    [Fact]
    public async Task What_was_sent_is_committed_when_a_run_has_ended_with_one_commit_of_records_for_each_task()
    {
        await using PipelineTestKit kit = CountKit();
        SendThreeKeys(kit, times: 10);

        await kit.RunToEnd();

        Assert.Equal(ExpectedCounts(10), kit.Table(Counts));
        Assert.Equal(3, kit.Output(Counts).Count);
    }

    [Fact]
    public async Task A_pipeline_that_settles_runs_on_and_takes_what_is_sent_next()
    {
        await using PipelineTestKit kit = CountKit();
        for (int round = 1; round <= 5; round++)
        {
            SendThreeKeys(kit, times: 2);
            await kit.Settle();
            Assert.Equal(ExpectedCounts(2 * round), kit.Table(Counts));
        }
    }

    [Fact]
    public async Task State_and_positions_outlive_restarts_with_other_numbers_of_tasks_and_crashes()
    {
        await using PipelineTestKit kit = CountKit();
        for (int round = 1; round <= 6; round++)
        {
            SendThreeKeys(kit, times: 3);
            await kit.Settle();
            if (round % 2 == 0) await kit.Crash();
            await kit.Restart(tasks: 1 + (round % 3));
        }

        SendThreeKeys(kit, times: 1);
        await kit.RunToEnd();

        Assert.Equal(ExpectedCounts(19), kit.Table(Counts));
    }

    [Fact]
    public async Task A_crash_before_anything_was_committed_leaves_all_of_it_to_the_next_run()
    {
        await using PipelineTestKit kit = CountKit();
        SendThreeKeys(kit, times: 1);
        kit.Start();
        await kit.Crash();
        Assert.Empty(kit.Output(Counts));

        await kit.RunToEnd();

        Assert.Equal(ExpectedCounts(1), kit.Table(Counts));
    }

    private static PipelineTestKit CountKit() => PipelineTestKit.For(p => p.From(Input).Count(name: "count").To(Counts));

    private static void SendThreeKeys(PipelineTestKit kit, int times)
    {
        for (int n = 0; n < times; n++)
        {
            foreach (string key in (string[])["a", "b", "c"]) kit.Send(Input, key, n);
        }
    }

    private static Dictionary<string, long> ExpectedCounts(long count) => new() { ["a"] = count, ["b"] = count, ["c"] = count };
}
