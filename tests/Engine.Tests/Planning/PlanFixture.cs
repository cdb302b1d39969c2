using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Tests.Planning;

/// <summary>Plans of small pipelines, and ends for them that have commit points of their own.</summary>
internal static class PlanFixture
{
    public static Topic<string, int> Input { get; } = Topic.Of<string, int>("input");

    public static Topic<string, int> Output { get; } = Topic.Of<string, int>("output");

    public static PipelinePlan Plan(Action<PipelineBuilder> define, Guarantee guarantee = Guarantee.ExactlyOnce)
    {
        var builder = new PipelineBuilder("test");
        define(builder);
        return Planner.Plan(builder.Build("/"), guarantee, internalPartitions: 4);
    }

    public static string Text(Action<PipelineBuilder> define, Guarantee guarantee = Guarantee.ExactlyOnce)
    {
        PipelinePlan plan = Plan(define, guarantee);
        return PlanText.Of(plan, EngineSettings.Load().For(plan.Definition));
    }

    /// <summary>A sink that commits where it is said, and that nothing is ever written to.</summary>
    public static SinkDefinition<TKey, TValue> Sink<TKey, TValue>(string name, CommitPoint point) => new FakeSink<TKey, TValue>(name, point);

    public static CommitPoint Database(string name) => new FakeDatabase($"sql:{name}");

    private sealed record FakeDatabase(string Id) : DatabaseCommitPoint(Id)
    {
        public override ICommitDatabase Open(string folder, string logId) => throw new NotSupportedException("a plan opens nothing");
    }

    private sealed class FakeSink<TKey, TValue>(string name, CommitPoint point) : SinkDefinition<TKey, TValue>
    {
        public override string Connector => "fake";

        public override string Target => $"fake {name}";

        public override string Slug => name;

        public override CommitPoint CommitPoint => point;

        public override ISinkWriter Open(SinkContext context) => throw new NotSupportedException("a plan opens nothing");

        public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
            throw new NotSupportedException("a plan opens nothing");
    }
}
