using System.CommandLine;
using System.Globalization;
using StreamEngine.Checkpoints;
using StreamEngine.Commits;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Loading;
using StreamEngine.Hosting.Running;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Records;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine.Pipelines;

/// <summary><c>pipelines describe</c>.</summary>
internal static class DescribePipeline
{
    public static Command Create(IPipelineProgram? own)
    {
        Option<string> data = SharedOptions.Data();
        Argument<string> name = PipelinesCommand.Name(data);
        Option<string?> definition = PipelinesCommand.Definition("needed for positions that are in a database");
        Option<bool> json = SharedOptions.Json("The description as JSON.");
        var command = new Command("describe", "Describe a pipeline: state, positions and lag, states, internal topics, dead letters, failures; also while it runs.") { name, data, definition, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            PipelineName pipeline = PipelinesCommand.NameOf(parsed.GetValue(name)!);
            string folder = Path.GetFullPath(parsed.GetValue(data)!);
            IPipelineProgram? program = PipelinesCommand.ProgramOf(parsed.GetValue(definition), own);
            EngineSettings settings = options.Read(parsed, program);
            using ILogView view = LogOpening.ToLook(settings.Log, folder);
            HomeRecord home = PipelineHomes.Read(pipeline, view.Description, view.Pipelines, view.ReadHome);
            PipelineHistory? history = ListPipelines.HistoryOf(settings.Journal, folder, pipeline, out string? problem);
            var inspector = new PipelineInspector(view, folder, history, PipelinesCommand.PlanOf(pipeline, program, parsed.GetValue(definition), settings));
            PipelineDescription found = inspector.Describe(pipeline, home, CheckpointStore.Entries(DataDirectory.CheckpointsPathOf(folder)));
            if (settings.Log.IsKafka) found = found with { ConsumerGroup = OwnTopics.Group(pipeline) };
            if (problem is not null) found = found with { Unknown = [.. found.Unknown, problem] };
            if (parsed.GetValue(json)) Listing.PrintJson(found);
            else Print(found);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(PipelineDescription pipeline)
    {
        Say($"{pipeline.Name}: {ListPipelines.NameOf(pipeline.State)}, generation {pipeline.Generation}{(pipeline.Guarantee is { } promised ? $", {promised}" : "")}");
        Say($"last written {Time(pipeline.LastWritten.At)} by process {pipeline.LastWritten.Process} on {pipeline.LastWritten.Host}");
        if (pipeline.Failure is { } failure) Say($"failed {Time(failure.At)}: {failure.Cause}\n  {failure.Remedy}");
        foreach (SubgraphDescription subgraph in pipeline.Subgraphs) Print(subgraph);
        foreach (StateDescription state in pipeline.States) Say($"state {state.Name}: {state.Shape}, {Counted.Of(state.Partitions, "partition")}");
        foreach (OwnTopicDescription topic in pipeline.InternalTopics)
        {
            Say($"internal topic {topic.Name}: {Counted.Of(topic.Partitions, "partition")}, {topic.Offsets} offsets, {Counted.Bytes(topic.Bytes, topic.BytesEstimated)}");
        }

        if (pipeline.ConsumerGroup is { } group)
        {
            Say($"consumer group {group}: a mirror of the positions, for tools; setting it changes nothing, pipelines reset {pipeline.Name} --to PLACE does");
        }

        Say($"dead letters: {pipeline.DeadLetters.Count} in topic {pipeline.DeadLetters.Topic}{string.Concat(pipeline.DeadLetters.Tables.Select(table => $"; others in {table}"))}");
        if (pipeline.Unpublished > 0) Say($"committed and not published yet: {pipeline.Unpublished}; its next start publishes them");
        foreach (StartDescription start in pipeline.Starts) Say($"start {start.Generation}: {Time(start.At)}, {Counted.Of(start.Tasks, "task")} at most");
        foreach (TaskFailureDescription failed in pipeline.TaskFailures) Say($"task {failed.Task} failed in attempt {failed.Attempt}, {Time(failed.At)}: {failed.Cause}");
        foreach (string checkpoint in pipeline.Checkpoints) Say($"checkpoint {checkpoint}");
        foreach (string unknown in pipeline.Unknown) Say($"not known: {unknown}");
    }

    private static void Print(SubgraphDescription subgraph)
    {
        Say($"subgraph {subgraph.Name}: commits in {(subgraph.CommitPoint == PlanRecord.LogStore ? "the log" : subgraph.CommitPoint)}");
        foreach (SourceDescription source in subgraph.Sources)
        {
            Say($"  source {source.Name}: {source.Target}{(source.Lag is { } lag ? $", lag {lag}" : "")}");
            foreach (SourcePartitionDescription partition in source.Partitions)
            {
                Say($"    partition {partition.Partition} at {partition.Position}{(partition.Lag is { } behind ? $", lag {behind}" : "")}, epoch {partition.Epoch}");
            }
        }

        foreach (SinkDescription sink in subgraph.Sinks) Say($"  sink {sink.Name}: {sink.Target}");
    }

    private static string Time(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}");

    /// <summary>Prints lines, in which nothing can steer a terminal.</summary>
    private static void Say(FormattableString text)
    {
        foreach (string line in text.ToString(CultureInfo.InvariantCulture).Split('\n')) Console.Out.WriteLine(RecordPrinter.Visible(line));
    }
}
