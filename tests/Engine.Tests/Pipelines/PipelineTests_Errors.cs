using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Pipelines;

namespace StreamEngine.Tests.Pipelines;

/// <summary>Records that fail: what the policy makes of them, and that dead letters are part of the commit.</summary>
public sealed class PipelineTests_Errors : IAsyncDisposable
{
    private const string Letters = "streamengine.copy.dead-letters";

    private readonly EngineFixture engines = new();
    private readonly FakeSystem system = new([.. Enumerable.Range(0, 30).Select(n => $"n{n}")]);

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Fact]
    public async Task With_tolerance_a_record_that_fails_becomes_one_dead_letter_and_the_others_go_on()
    {
        engines.Settings = "stream-engine.pipeline.errors.tolerance = all";

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy(value => value is "n0" or "n7" or "n29" ? throw new FormatException("no number") : value));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(system.Partitions[0].Except(["n0", "n7", "n29"]), engines.Values("out"));
        Assert.Equal(["n0", "n7", "n29"], LettersFor());
        Assert.Equal(3, ended[0].Totals.DeadLetters);
        Assert.Equal(27, ended[0].Totals.RecordsOut);
    }

    [Fact]
    public async Task Dead_letters_are_written_once_however_often_their_epoch_is_tried()
    {
        engines.Settings = "stream-engine.pipeline { errors.tolerance = all, restarts.max = 1000 }";
        int commits = 0;
        engines.Log.BeforeCommit = _ => FailSome(ref commits);
        engines.Log.AfterCommit = _ => FailSome(ref commits);

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy(value => value.EndsWith('3') ? throw new FormatException("no number") : value));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(["n3", "n13", "n23"], LettersFor());
        Assert.Equal(system.Partitions[0].Where(value => !value.EndsWith('3')), engines.Values("out"));
    }

    [Fact]
    public async Task A_dead_letter_is_committed_with_the_position_behind_its_record()
    {
        engines.Settings = "stream-engine.pipeline.errors.tolerance = all";
        var commits = new List<(long Next, int Letters)>();
        engines.Log.AfterCommit = commit =>
        {
            lock (commits) commits.Add((commit.Positions.Select(position => long.Parse(position.Position.At, null)).DefaultIfEmpty(-1).Max(), commit.DeadLetters.Count));
        };

        await engines.RunAsync(Copy(value => value == "n7" ? throw new FormatException("no number") : value));

        (long next, _) = Assert.Single(commits, commit => commit.Letters > 0);
        Assert.True(next > 7, $"the letter of offset 7 was committed with position {next}");
        Assert.All(commits.TakeWhile(commit => commit.Letters == 0), commit => Assert.True(commit.Next <= 7));
    }

    [Fact]
    public async Task Without_tolerance_the_first_record_that_fails_fails_the_pipeline_and_says_where_it_is()
    {
        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy(value => value == "n7" ? throw new FormatException("no number") : value));

        Assert.Equal(PipelineState.Failed, ended[0].State);
        StageException failure = Assert.IsType<StageException>(ended[0].Failure);
        Assert.Contains("fake, 0, 7", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no number", failure.Message, StringComparison.Ordinal);
        Assert.Contains("errors.tolerance", failure.Remedy, StringComparison.Ordinal);
        Assert.Empty(LettersFor());
        Assert.DoesNotContain("n7", engines.Values("out"));
    }

    [Fact]
    public async Task A_record_is_tried_again_as_often_as_is_set_and_then_goes_on()
    {
        engines.Settings = "stream-engine.pipeline.errors { retries = 3, delay = 1ms, delay-max = 2ms }";
        int tries = 0;

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy(value => value == "n7" && ++tries <= 3 ? throw new IOException("busy") : value));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(4, tries);
        Assert.Single(system.Begun);
        Assert.Equal(system.Partitions[0], engines.Values("out"));
    }

    [Fact]
    public async Task A_record_that_fails_every_try_becomes_a_dead_letter_after_the_last()
    {
        engines.Settings = "stream-engine.pipeline.errors { tolerance = all, retries = 3, delay = 1ms, delay-max = 2ms }";
        int tries = 0;

        await engines.RunAsync(Copy(value =>
        {
            if (value != "n7") return value;
            tries++;
            throw new IOException("busy");
        }));

        Assert.Equal(4, tries);
        Assert.Equal(["n7"], LettersFor());
    }

    [Fact]
    public async Task What_the_source_cannot_read_becomes_a_dead_letter_without_a_try()
    {
        engines.Settings = "stream-engine.pipeline.errors { tolerance = all, retries = 3, delay = 1ms }";
        system.IsPoison = value => value is "n0" or "n4" or "n5" or "n29";

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy(value => value));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(["n0", "n4", "n5", "n29"], LettersFor());
        Assert.Equal(system.Partitions[0].Except(["n0", "n4", "n5", "n29"]), engines.Values("out"));
    }

    [Fact]
    public async Task Without_tolerance_what_the_source_cannot_read_fails_the_pipeline()
    {
        system.IsPoison = value => value == "n4";

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(Copy(value => value));

        Assert.Equal(PipelineState.Failed, ended[0].State);
        Assert.Contains("fake, 0, 4", ended[0].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_fails_becomes_a_dead_letter_in_the_epoch_of_its_record()
    {
        engines.Settings = "stream-engine.pipeline.errors.tolerance = all";
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource())
            .SelectAsync(async (value, cancellation) =>
            {
                await Task.Yield();
                return value.EndsWith('3') ? throw new FormatException("no number") : value;
            })
            .To(Topic.Of<string, string>("out"));

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(pipeline);

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(["n3", "n13", "n23"], LettersFor());
        Assert.Equal(system.Partitions[0].Where(value => !value.EndsWith('3')), engines.Values("out"));
    }

    private static void FailSome(ref int commits)
    {
        int number = Interlocked.Increment(ref commits);
        if (number <= 12 && number % 3 == 0) throw new IOException("the task is abandoned");
    }

    private PipelineBuilder Copy(Func<string, string> select)
    {
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).Select(select).To(Topic.Of<string, string>("out"));
        return pipeline;
    }

    /// <summary>The values of the records that dead letters were made of, in their order.</summary>
    private IReadOnlyList<string> LettersFor() => engines.Values(Letters);
}
