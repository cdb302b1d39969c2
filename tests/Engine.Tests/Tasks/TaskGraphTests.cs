using Akka.Actor;
using Akka.Streams;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Planning;
using StreamEngine.Tasks.Stages;

namespace StreamEngine.Tests.Tasks;

/// <summary>
/// Graphs made at random, with barriers at random: between two barriers come out, on every way, the records that the sources handed on between them;
/// and whatever ends a graph, nothing comes out twice and everything is given back.
/// </summary>
public sealed class TaskGraphTests : IDisposable
{
    private readonly ActorSystem system = ActorSystem.Create("graphs", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly ActorMaterializer materializer;

    public TaskGraphTests() => materializer = system.Materializer();

    public void Dispose()
    {
        materializer.Dispose();
        system.Dispose();
    }

    [Fact]
    public void Between_two_barriers_every_way_has_what_the_sources_handed_on_between_them() =>
        Gen.Int.Sample(seed => RunToTheEnd(new Random(seed)), iter: PropertyRuns.Of(150), threads: 1);

    [Fact]
    public void A_graph_that_fails_or_is_ended_gives_everything_back_and_doubles_nothing() =>
        Gen.Int.Sample(seed => RunToAFailure(new Random(seed)), iter: PropertyRuns.Of(200), threads: 1);

    private void RunToTheEnd(Random random)
    {
        var graph = new RandomGraph(random);
        foreach (SubgraphPlan plan in graph.Plan.Subgraphs)
        {
            using GraphRun run = Run(graph, plan, random);
            while (!run.HasEnded)
            {
                Spin(random);
                Assert.True(run.Close(), string.Join('\n', run.Failures));
            }

            Assert.True(run.Close(), string.Join('\n', run.Failures));
            foreach (PlannedStage sink in plan.Sinks) AssertEpochs(graph, plan, run, sink.Node.Name, wholly: true);
            run.Tell(new SourceCommand.Complete());
            run.Dispose();
            Assert.Empty(run.Failures);
            Assert.Equal(0, run.Leaked);
        }
    }

    private void RunToAFailure(Random random)
    {
        var graph = new RandomGraph(random);
        foreach (SubgraphPlan plan in graph.Plan.Subgraphs)
        {
            int left = random.Next(1, 60);
            int kind = random.Next(3);
            if (kind == 0) graph.OnValue = _ => FailAt(ref left);
            if (kind == 1) graph.Taps[plan.Sinks[random.Next(plan.Sinks.Count)].Node.Name].Tap.OnWrite = _ => FailAt(ref left);
            int closes = random.Next(0, 6);
            using GraphRun run = Run(graph, plan, random);
            for (int n = 0; n < closes; n++)
            {
                Spin(random);
                if (!run.Close()) break;
            }

            Spin(random);
            run.Dispose();
            foreach (PlannedStage sink in plan.Sinks) AssertEpochs(graph, plan, run, sink.Node.Name, wholly: false);
            Assert.Equal(0, run.Leaked);
        }
    }

    private GraphRun Run(RandomGraph graph, SubgraphPlan plan, Random random) => new(
        plan, stage => graph.Systems[NumberOf(stage)], stage => graph.Taps[stage.Node.Name].Tap, materializer, random.Next(1, 2000));

    private static int NumberOf(PlannedStage source) => int.Parse(source.Node.Name.AsSpan(1), null);

    private static void FailAt(ref int left)
    {
        if (Interlocked.Decrement(ref left) == 0) throw new InvalidOperationException("this one fails");
    }

    private static void Spin(Random random)
    {
        var spin = new SpinWait();
        for (int n = random.Next(0, 30); n > 0; n--) spin.SpinOnce(sleep1Threshold: -1);
    }

    private static void AssertEpochs(RandomGraph graph, SubgraphPlan plan, GraphRun run, string sink, bool wholly)
    {
        (TapSink tap, List<RandomGraph.Way> ways) = graph.Taps[sink];
        for (long epoch = 1; epoch <= run.Epoch; epoch++)
        {
            if (!tap.Sealed.TryGetValue(epoch, out List<string>? got))
            {
                Assert.False(wholly, $"{sink} has sealed epoch {epoch}");
                continue;
            }

            var expected = new List<string>();
            foreach (RandomGraph.Way way in ways)
            {
                int source = IndexOf(plan, way.Source);
                for (int partition = 0; partition < graph.Systems[way.Source].Partitions.Count; partition++)
                {
                    long from = run.PositionAt(epoch - 1, source, partition), to = run.PositionAt(epoch, source, partition);
                    expected.AddRange(graph.Systems[way.Source].Partitions[partition].Skip((int)from).Take((int)Math.Max(0, to - from)).Where(value => !way.Drops || !value.EndsWith('7')));
                }
            }

            Assert.Equal(expected.Order(StringComparer.Ordinal), got.Order(StringComparer.Ordinal));
            if (ways.Select(way => way.Source).Distinct().Count() == ways.Count) AssertOrder(got);
        }

        if (wholly) Assert.Empty(tap.Unsealed);
        IEnumerable<string> all = tap.Sealed.Values.SelectMany(values => values).Concat(tap.Unsealed);
        int most = ways.GroupBy(way => way.Source).Max(group => group.Count());
        Assert.All(all.GroupBy(value => value), group => Assert.InRange(group.Count(), 1, most));
    }

    private static int IndexOf(SubgraphPlan plan, int source) => plan.Sources.Select(NumberOf).ToList().IndexOf(source);

    /// <summary>What came from one source partition has kept its order.</summary>
    private static void AssertOrder(List<string> values)
    {
        foreach (IGrouping<string, int> partition in values.GroupBy(value => value.Split('-')[0], value => int.Parse(value.Split('-')[1], null)))
        {
            Assert.Equal(partition.Order(), partition);
        }
    }
}
