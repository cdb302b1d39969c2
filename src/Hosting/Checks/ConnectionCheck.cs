using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Doctor;
using StreamEngine.Hosting.Loading;
using StreamEngine.Hosting.Running;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Log;
using StreamEngine.Planning;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

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
    /// <param name="settings">Where the log is.</param>
    /// <param name="data">The data directory; it need not be there.</param>
    /// <exception cref="EngineException">The log can't be read.</exception>
    /// <returns>What came of each, in the order of the plans.</returns>
    public static Result[] Of(IReadOnlyList<PipelinePlan> plans, LogSettings settings, string data)
    {
        if (settings.IsKafka && ProblemOf(settings.Kafka) is { } notReached) return [notReached];
        HashSet<string> topics = TopicsIn(settings, data);
        HashSet<string> written = [.. plans.SelectMany(plan => plan.TopicsWritten).Where(topic => IsMade(topic, settings)).Select(topic => topic.Name)];
        IEnumerable<Task<Result>> checks = from plan in plans
                                           from stage in plan.Definition.Stages
                                           where stage is SourceNode or SinkNode
                                           select Task.Run(() => Check(plan, stage, settings, data, topics, written));
        Result[] found = Task.WhenAll(checks).GetAwaiter().GetResult();
        return settings.IsKafka ? [.. found, .. Denied(plans, settings.Kafka, topics)] : found;
    }

    /// <summary>What is wrong with the cluster that is the log; null when nothing is.</summary>
    private static Result? ProblemOf(KafkaLogSettings settings)
    {
        try
        {
            Finding transactions = ClusterChecks.Transactions(ClusterLook.At(settings.Client).TransactionMax, settings.TransactionTimeout);
            return transactions.Health == Health.Fail ? Wrong(transactions.Text, transactions.Remedy!) : null;
        }
        catch (EngineException e)
        {
            return Wrong(e.Message, e.Remedy);
        }

        static Result Wrong(string text, string remedy) => new(text, new Problem(ProblemCodes.LogNotReached, new SourcePlace("stream-engine.log.kafka", 0, 0), text, remedy));
    }

    /// <summary>Topics that are there, and that this user may not read or write as the pipelines do.</summary>
    private static IEnumerable<Result> Denied(IReadOnlyList<PipelinePlan> plans, KafkaLogSettings settings, HashSet<string> topics)
    {
        string[] read = [.. plans.SelectMany(plan => plan.TopicsRead).Distinct().Where(topics.Contains)];
        string[] written = [.. plans.SelectMany(plan => plan.TopicsWritten).Select(topic => topic.Name).Distinct().Where(topics.Contains)];
        IReadOnlyDictionary<string, (bool Reads, bool Writes)> rights = ClusterLook.Rights(settings.Client, [.. read.Union(written)]);
        return read.Where(topic => rights.TryGetValue(topic, out var may) && !may.Reads).Select(topic => Wrong(ProblemCodes.SourceNotReached, topic, "read"))
            .Concat(written.Where(topic => rights.TryGetValue(topic, out var may) && !may.Writes).Select(topic => Wrong(ProblemCodes.SinkNotReached, topic, "written")));

        static Result Wrong(string code, string topic, string done)
        {
            string text = $"topic {topic} is there, and may not be {done} by this user";
            return new Result(text, new Problem(code, new SourcePlace("stream-engine.log.kafka", 0, 0), text, $"Grant {(done == "read" ? "Read" : "Write")} on it, as docs/kafka.md has it."));
        }
    }

    private static Result Check(PipelinePlan plan, StageNode stage, LogSettings settings, string data, HashSet<string> topics, HashSet<string> written)
    {
        string what = $"{plan.Name}/{stage.Name}: {TargetOf(stage)}";
        try
        {
            return stage is SourceNode source ? CheckSource(plan, source, what, topics, written) : CheckSink((SinkNode)stage, what, settings, data, topics);
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

    private static Result CheckSink(SinkNode sink, string what, LogSettings settings, string data, HashSet<string> topics)
    {
        if (sink.Topic is { } topic)
        {
            if (topics.Contains(topic.Name)) return new Result($"{what}: is there", null);
            return IsMade(topic, settings)
                ? new Result($"{what}: a start makes it", null)
                : throw new EngineException(
                    ErrorDomain.User,
                    $"{sink.Sink.Target} isn't there, and topics on the cluster are made only when that is asked for",
                    $"Make it: streamengine topics create {topic.Name} --partitions {topic.Partitions}. Or have starts make such topics: stream-engine.log.kafka.create-topics = on.");
        }

        string? made = sink.Sink.Check(data);
        return new Result($"{what}: {(made is null ? "can be written to" : $"a start makes {(made == sink.Sink.Target ? "it" : made)}")}", null);
    }

    /// <summary>Whether a start makes a topic that isn't there.</summary>
    private static bool IsMade(TopicSpec topic, LogSettings settings) => topic.Owner is not null || !settings.IsKafka || settings.Kafka.CreateTopics;

    private static HashSet<string> TopicsIn(LogSettings settings, string data)
    {
        if (!settings.IsKafka && !Directory.Exists(DataDirectory.LogPathOf(data))) return [];
        using ILogView view = LogOpening.ToLook(settings, data);
        return [.. view.Topics.Select(topic => topic.Name)];
    }

    private static string TargetOf(StageNode stage) => stage is SourceNode source
        ? PlanText.Outside(source.Kind, source.Source.Target)
        : PlanText.Outside(stage.Kind, ((SinkNode)stage).Sink.Target);
}
