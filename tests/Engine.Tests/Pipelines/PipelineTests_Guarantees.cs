using System.Buffers.Binary;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Pipelines;

namespace StreamEngine.Tests.Pipelines;

/// <summary>
/// What a crash of a task costs under each guarantee. A crash is a commit that fails before anything is written, or one that is written while its
/// task is told that it wasn't; either way the task is abandoned as it is.
/// </summary>
public sealed class PipelineTests_Guarantees : IAsyncDisposable
{
    private readonly EngineFixture engines = new() { Settings = "stream-engine.pipeline.restarts.max = 1000" };
    private readonly FakeSystem system = new(
        [.. Enumerable.Range(0, 60).Select(n => $"a{n}")], [.. Enumerable.Range(0, 40).Select(n => $"b{n}")]);

    private IEnumerable<string> All => system.Partitions.SelectMany(values => values);

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Exactly_once_has_every_record_once_in_its_order(bool before, bool after)
    {
        Crash(before, after);
        var pipeline = new PipelineBuilder("copy");
        pipeline.From(system.AsSource()).Select(value => value.ToUpperInvariant()).To(Topic.Of<string, string>("out"));

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(pipeline);

        Assert.Equal(PipelineState.Completed, ended[0].State);
        IReadOnlyList<(string Key, string Value)> records = engines.Records("out");
        Assert.Equal(All.Order(), records.Select(record => record.Key).Order());
        AssertOrder(records.Select(record => record.Key));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Exactly_once_counts_every_record_once(bool before, bool after)
    {
        Crash(before, after);
        var pipeline = new PipelineBuilder("count");
        pipeline.From(system.AsSource()).KeyBy(value => value[..1]).Count("counts").To(Topic.Of<string, long>("counts"));

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(pipeline);

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Dictionary<string, string> last = engines.Records("counts").GroupBy(record => record.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        Assert.Equal(60, Number(last["a"]));
        Assert.Equal(40, Number(last["b"]));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task At_least_once_loses_nothing(bool before, bool after)
    {
        Crash(before, after);
        var store = new FakeStore { Blocks = true };

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(ToStore(store, Guarantee.AtLeastOnce));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(All.Order(), store.Arrived.Distinct().Order());
        if (before) Assert.NotEqual(store.Arrived.Count, store.Arrived.Distinct().Count());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task At_most_once_doubles_nothing(bool before, bool after)
    {
        Crash(before, after);
        var store = new FakeStore { Blocks = true };

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(ToStore(store, Guarantee.AtMostOnce));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Equal(store.Arrived.Distinct(), store.Arrived);
        Assert.Empty(store.Arrived.Except(All));
    }

    [Fact]
    public async Task At_most_once_writes_nothing_before_its_position_is_committed()
    {
        var store = new FakeStore();
        var uncovered = new List<string>();
        long[] next = new long[2];
        engines.Log.AfterCommit = commit =>
        {
            foreach (CommittedPosition position in commit.Positions)
            {
                Volatile.Write(ref next[int.Parse(position.Partition.Partition, null)], long.Parse(position.Position.At, null));
            }
        };
        store.OnWrite = value =>
        {
            if (int.Parse(value[1..], null) >= Volatile.Read(ref next[value[0] - 'a'])) uncovered.Add(value);
        };

        IReadOnlyList<PipelineStatus> ended = await engines.RunAsync(ToStore(store, Guarantee.AtMostOnce));

        Assert.Equal(PipelineState.Completed, ended[0].State);
        Assert.Empty(uncovered);
        Assert.Equal(All.Order(), store.Arrived.Order());
    }

    [Fact]
    public async Task At_most_once_without_a_crash_has_everything_in_its_order()
    {
        var store = new FakeStore();

        await engines.RunAsync(ToStore(store, Guarantee.AtMostOnce));

        Assert.Equal(All.Order(), store.Arrived.Order());
        AssertOrder(store.Arrived);
    }

    /// <summary>Every third commit of something that was read fails, from the first on, three times in all, either way.</summary>
    private void Crash(bool before, bool after)
    {
        int commits = 0;
        if (before) engines.Log.BeforeCommit = commit => FailSome(commit, ref commits);
        if (after) engines.Log.AfterCommit = commit => FailSome(commit, ref commits);
    }

    private static void FailSome(EpochCommit commit, ref int commits)
    {
        if (commit.Positions.All(position => position.Position.At == "0")) return;
        int number = Interlocked.Increment(ref commits);
        if (number < 9 && number % 3 == 1) throw new IOException("the task is abandoned");
    }

    private PipelineBuilder ToStore(FakeStore store, Guarantee guarantee)
    {
        PipelineBuilder pipeline = new PipelineBuilder("copy").Promise(guarantee);
        pipeline.From(system.AsSource()).To(store.AsSink());
        return pipeline;
    }

    private static void AssertOrder(IEnumerable<string> values)
    {
        foreach (IGrouping<char, string> partition in values.GroupBy(value => value[0]))
        {
            int[] numbers = [.. partition.Select(value => int.Parse(value[1..], null))];
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    private static long Number(string encoded) => BinaryPrimitives.ReadInt64BigEndian(Encoding.Latin1.GetBytes(encoded));
}
