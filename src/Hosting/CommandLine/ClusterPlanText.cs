using System.Globalization;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>What a plan has on a Kafka cluster that is the log, in words: topics with their configuration, transactional ids, the group. What its operators grant.</summary>
internal static class ClusterPlanText
{
    private const string Compacted = "compacted";
    private const string Kept = "kept without limit";

    /// <summary>The part of a plan that follows the rest of it.</summary>
    public static string Of(PipelinePlan plan, PipelineSettings settings, KafkaLogSettings kafka)
    {
        var text = new StringBuilder();
        void Say(FormattableString line) => text.Append("  ").Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Say($"own topics on the cluster, made by a start:");
        Say($"  {OwnTopics.Positions(plan.Name)}: 2 partitions, {Compacted}");
        Say($"  {plan.DeadLetters.Name}: {Counted.Of(plan.DeadLetters.Partitions, "partition")}, {Kept}");
        foreach (CutPlan cut in plan.Cuts) Say($"  {cut.Spec.Name}: {Counted.Of(cut.Spec.Partitions, "partition")}, no retention: purged behind its readers");
        foreach (StateDeclaration state in plan.Subgraphs.SelectMany(subgraph => subgraph.States).Select(stage => stage.State))
        {
            Say($"  {OwnTopics.Changelog(plan.Name, state.Name)}: as many partitions as its input, {Compacted}");
        }

        int tasks = plan.Subgraphs.Sum(subgraph => settings.ForSubgraph(subgraph.Name).TasksMax);
        Say($"transactional ids: {OwnTopics.TransactionalId(plan.Name)}, and {OwnTopics.TransactionalId(plan.Name, 0)} to {OwnTopics.TransactionalId(plan.Name, tasks - 1)}; after {SettingText.Of(kafka.TransactionTimeout)} the cluster gives a transaction up");
        Say($"consumer group: {OwnTopics.Group(plan.Name)}, a mirror of the positions, never read");
        foreach (TopicSpec topic in plan.TopicsWritten)
        {
            Say($"topic {topic.Name}: {(kafka.CreateTopics ? $"made by a start if it isn't there, of {Counted.Of(topic.Partitions, "partition")}" : "has to be there (log.kafka.create-topics = off)")}");
        }

        return text.ToString();
    }
}
