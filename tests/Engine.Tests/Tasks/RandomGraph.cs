using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Planning;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Tasks;

/// <summary>A task's graph made at random: sources, segments, splits, merges, asynchronous calls, sinks of both kinds; and what must come out of it.</summary>
internal sealed class RandomGraph
{
    private readonly Random random;
    private readonly List<(Stream<string, string> Stream, List<Way> Ways)> all = [];
    private readonly HashSet<Stream<string, string>> loose = [];

    public RandomGraph(Random random)
    {
        this.random = random;
        PipelineBuilder pipeline = new PipelineBuilder("graph").Promise(Guarantee.AtLeastOnce);
        int sources = random.Next(1, 4);
        for (int n = 0; n < sources; n++)
        {
            Systems.Add(MakeSystem(n));
            Add(pipeline.From(Systems[n].AsSource($"s{n}")), [new Way(n, false)]);
        }

        for (int n = random.Next(0, 8); n > 0; n--) AddStage();
        int sinks = 0;
        foreach ((Stream<string, string> stream, List<Way> ways) in all.Where(entry => loose.Contains(entry.Stream) || random.Next(6) == 0).ToArray())
        {
            var tap = new TapSink($"tap{sinks++}", blocks: random.Next(2) == 0);
            Taps.Add(tap.Target, (tap, ways));
            stream.To(tap, name: tap.Target);
        }

        Plan = Planner.Plan(pipeline.Build("."), Guarantee.AtLeastOnce, 1);
    }

    /// <summary>What the sources read, by their numbers.</summary>
    public List<FakeSystem> Systems { get; } = [];

    /// <summary>The sinks by their names, with the ways that lead to each.</summary>
    public Dictionary<string, (TapSink Tap, List<Way> Ways)> Taps { get; } = [];

    public PipelinePlan Plan { get; }

    /// <summary>Is called by every stage with a function, with each value.</summary>
    public Action<string>? OnValue { get; set; }

    /// <summary>A way from a source to a sink.</summary>
    /// <param name="Source">The source's number.</param>
    /// <param name="Drops">Whether values that end with 7 are left out on the way.</param>
    internal sealed record Way(int Source, bool Drops);

    private FakeSystem MakeSystem(int source) => new(
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(partition => Enumerable.Range(0, random.Next(0, 60)).Select(n => $"{source}.{partition}-{n}").ToArray())])
    {
        ChunkRecords = random.Next(1, 6),
        KeyOf = value => value[..value.IndexOf('-', StringComparison.Ordinal)],
    };

    private void Add(Stream<string, string> stream, List<Way> ways)
    {
        all.Add((stream, ways));
        loose.Add(stream);
    }

    private void AddStage()
    {
        (Stream<string, string> stream, List<Way> ways) = all[random.Next(all.Count)];
        switch (random.Next(4))
        {
            case 0:
                Add(stream.Select(Seen), ways);
                break;
            case 1:
                Add(stream.Where(value => !value.EndsWith('7')), [.. ways.Select(way => way with { Drops = true })]);
                break;
            case 2:
                bool waits = random.Next(2) == 0;
                Add(
                    stream.SelectAsync(
                        async (value, cancellation) =>
                        {
                            if (waits) await Task.Yield();
                            return Seen(value);
                        },
                        concurrency: random.Next(1, 9),
                        ordered: random.Next(2) == 0),
                    ways);
                break;
            default:
                (Stream<string, string> other, List<Way> others) = all[random.Next(all.Count)];
                if (other == stream) return;
                Add(stream.Merge(other), [.. ways, .. others]);
                loose.Remove(other);
                break;
        }

        loose.Remove(stream);
    }

    private string Seen(string value)
    {
        OnValue?.Invoke(value);
        return value;
    }
}
