using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Log;
using StreamEngine.Planning;

namespace StreamEngine.Hosting.Checks;

/// <summary>
/// Connects to what pipelines read and write, without reading, writing or making anything. Topics are looked up as they are in the data directory, whether its
/// engine runs or not.
/// </summary>
internal static class ConnectionCheck
{
    /// <summary>What came of a source or a sink.</summary>
    /// <param name="Text">What was found, in a line.</param>
    /// <param name="Problem">What is wrong with it; null when nothing is.</param>
    internal sealed record Result(string Text, Problem? Problem);

    /// <summary>Connects to all of them side by side.</summary>
    /// <param name="plans">The pipelines.</param>
    /// <param name="data">The data directory; it need not be there.</param>
    /// <returns>What came of each, in the order of the plans.</returns>
    public static Result[] Of(IReadOnlyList<PipelinePlan> plans, string data)
    {
        HashSet<string> topics = TopicsIn(data);
        HashSet<string> written = [.. plans.SelectMany(plan => plan.TopicsWritten).Select(topic => topic.Name)];
        IEnumerable<Task<Result>> checks = from plan in plans
                                           from stage in plan.Definition.Stages
                                           where stage is SourceNode or SinkNode
                                           select Task.Run(() => Check(plan, stage, data, topics, written));
        return Task.WhenAll(checks).GetAwaiter().GetResult();
    }

    private static Result Check(PipelinePlan plan, StageNode stage, string data, HashSet<string> topics, HashSet<string> written)
    {
        string what = $"{plan.Name}/{stage.Name}: {TargetOf(stage)}";
        try
        {
            return stage is SourceNode source ? CheckSource(plan, source, what, topics, written) : CheckSink((SinkNode)stage, what, data, topics);
        }
        catch (Exception e)
        {
            (string code, string doing) = stage is SourceNode ? (ProblemCodes.SourceNotReached, "can't be read") : (ProblemCodes.SinkNotReached, "can't be written to");
            Problem problem = StagePlace.Error(
                code,
                stage,
                e is EngineException ? $"{plan.Name}/{stage.Name}: {e.Message}" : $"{what} {doing}: {UserCode.Describe(e)}",
                (e as EngineException)?.Remedy ?? "Look at what it names, and at the rights of this user.");
            return new Result($"{what}: {doing}", problem);
        }
    }

    private static Result CheckSource(PipelinePlan plan, SourceNode source, string what, HashSet<string> topics, HashSet<string> written)
    {
        if (source.Source.Topic is not { } topic)
        {
            using ISource client = source.Source.Open(new SourceContext(source.Name, plan.Definition.Folder, AbsentLog.Instance, TimeProvider.System));
            client.Connect();
            return new Result($"{what}: can be read", null);
        }

        if (topics.Contains(topic)) return new Result($"{what}: is there", null);
        return written.Contains(topic)
            ? new Result($"{what}: a start makes it", null)
            : throw new EngineException(ErrorDomain.User, $"{source.Source.Target} isn't there, and none of the pipelines writes it", "Run the pipeline that writes it; topics list shows those there are.");
    }

    private static Result CheckSink(SinkNode sink, string what, string data, HashSet<string> topics)
    {
        if (sink.Topic is { } topic) return new Result($"{what}: {(topics.Contains(topic.Name) ? "is there" : "a start makes it")}", null);
        string? made = sink.Sink.Check(data);
        return new Result($"{what}: {(made is null ? "can be written to" : $"a start makes {(made == sink.Sink.Target ? "it" : made)}")}", null);
    }

    private static HashSet<string> TopicsIn(string data)
    {
        if (!Directory.Exists(DataDirectory.LogPathOf(data))) return [];
        using LogView view = LogView.Open(data);
        return [.. view.Topics.Select(topic => topic.Name)];
    }

    private static string TargetOf(StageNode stage) => stage is SourceNode source
        ? PlanText.Outside(source.Kind, source.Source.Target)
        : PlanText.Outside(stage.Kind, ((SinkNode)stage).Sink.Target);
}
