using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.TestKit;

namespace StreamEngine.Stages.Tests.Operators;

/// <summary>However a pipeline is interrupted, what it leaves is what it would have left without.</summary>
public sealed class OperatorTests_Interrupted
{
    private static readonly Topic<string, int> Input = Topic.Of<string, int>("input", partitions: 3);
    private static readonly Topic<string, int> Other = Topic.Of<string, int>("other", partitions: 2);
    private static readonly Topic<string, int> Passed = Topic.Of<string, int>("passed", partitions: 2);
    private static readonly Topic<int, string> Lists = Topic.Of<int, string>("lists");
    private static readonly Topic<(string First, int Second), long> Counts = Topic.Of<(string First, int Second), long>("counts");

    private static readonly Gen<Interruption[]> Rounds = Gen.Select(
        Gen.Int[0, 60], Gen.Enum<InterruptionKind>(), Gen.Int[1, 4], Gen.Int[1, 200], (records, kind, tasks, after) => new Interruption(records, kind, tasks, after)).Array[1, 6];

    public enum InterruptionKind
    {
        /// <summary>Killed at once, wherever it stands.</summary>
        Crash,

        /// <summary>Killed when something more is committed.</summary>
        CrashAfterCommit,

        /// <summary>Stopped in order, wherever it stands.</summary>
        Stop,

        /// <summary>Let run until all is committed.</summary>
        Settle,

        /// <summary>A function of the user fails at some call.</summary>
        Throw,
    }

    [Fact]
    public void A_pipeline_that_is_interrupted_leaves_what_one_leaves_that_is_not() => Rounds.Sample(
        rounds => CheckAsync(rounds).GetAwaiter().GetResult(),
        iter: PropertyRuns.Of(40),
        threads: 2,
        print: rounds => string.Join("; ", rounds.Select(round => round.ToString())));

    private static async Task CheckAsync(Interruption[] rounds)
    {
        int throwAt = int.MaxValue;
        int calls = 0;
        int Call(int value) => Interlocked.Increment(ref calls) == Volatile.Read(ref throwAt) ? throw new IOException("interrupted") : value;

        await using PipelineTestKit kit = PipelineTestKit.For(p => Define(p, Call));
        var sent = new List<(string Key, int Value)>();
        foreach (Interruption round in rounds)
        {
            for (int n = 0; n < round.Records; n++)
            {
                (string key, int value) = ($"k{sent.Count % 5}", sent.Count);
                kit.Send(sent.Count % 4 == 0 ? Other : Input, key, value);
                sent.Add((key, value));
            }

            await InterruptAsync(kit, round, () => Volatile.Write(ref throwAt, Volatile.Read(ref calls) + round.After));
            await kit.Restart(tasks: round.Tasks);
        }

        await kit.RunToEnd();
        Check(kit, sent);
    }

    /// <summary>All that may go wrong: records that pass by, keyed state behind a cut, finer keys, a merge, an asynchronous call.</summary>
    private static void Define(PipelineBuilder p, Func<int, int> call)
    {
        Stream<string, int> merged = p.From(Input).Merge(p.From(Other));
        merged.Select(call).To(Passed);
        merged.SelectAsync(async (value, _) => { await Task.Yield(); return value; }, concurrency: 5, ordered: false)
            .KeyBy(value => value % 3).Aggregate("", (text, value) => $"{text}{value},", name: "lists").To(Lists);
        p.From(Input, name: "again").ThenBy(value => value % 2).Count(name: "counts").To(Counts);
    }

    private static async Task InterruptAsync(PipelineTestKit kit, Interruption round, Action throwSoon)
    {
        switch (round.Kind)
        {
            case InterruptionKind.Crash:
                kit.Start();
                await kit.Crash();
                break;
            case InterruptionKind.CrashAfterCommit:
                kit.Start();
                await kit.WaitUntil(() => kit.Commits >= 1 + (round.After % 12), "commits");
                await kit.Crash();
                break;
            case InterruptionKind.Stop:
                kit.Start();
                await kit.Stop();
                break;
            case InterruptionKind.Settle:
                await kit.Settle();
                break;
            case InterruptionKind.Throw:
                throwSoon();
                await kit.Settle();
                break;
            default:
                throw new InvalidOperationException($"no such interruption: {round.Kind}");
        }
    }

    private static void Check(PipelineTestKit kit, List<(string Key, int Value)> sent)
    {
        IReadOnlyList<OutputRecord<string, int>> passed = kit.Output(Passed);
        Assert.Equal(sent.Select(record => record.Value), passed.Select(record => record.Value).Order());
        bool IsOther(int value) => value % 4 == 0;
        foreach (IGrouping<(string?, bool), int> ordered in passed.GroupBy(record => (record.Key, IsOther(record.Value)), record => record.Value))
        {
            Assert.Equal(ordered.Order(), ordered);
        }

        IReadOnlyDictionary<int, string> lists = kit.Table(Lists);
        for (int key = 0; key < 3; key++)
        {
            int[] values = lists.TryGetValue(key, out string? text) ? [.. text.TrimEnd(',').Split(',').Select(int.Parse)] : [];
            Assert.Equal(sent.Select(record => record.Value).Where(value => value % 3 == key), values.Order());
            Assert.All(values.GroupBy(value => (value % 5, IsOther(value))), ordered => Assert.Equal(ordered.Order(), ordered));
        }

        Dictionary<(string, int), long> counts = sent.Where(record => !IsOther(record.Value)).GroupBy(record => (record.Key, record.Value % 2)).ToDictionary(group => group.Key, group => group.LongCount());
        Assert.Equal(counts.OrderBy(entry => entry.Key), kit.Table(Counts).Select(entry => KeyValuePair.Create((entry.Key.First, entry.Key.Second), entry.Value)).OrderBy(entry => entry.Key));
        Assert.Empty(kit.DeadLetters());
    }

    /// <summary>Some records are sent, and then something happens.</summary>
    private sealed record Interruption(int Records, InterruptionKind Kind, int Tasks, int After);
}
