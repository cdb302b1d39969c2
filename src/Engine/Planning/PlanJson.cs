using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Planning;

/// <summary>
/// Plans for programs: an array with an object for each pipeline. Names of members, and what they mean, stay as they are; members are added. Durations are
/// milliseconds, a member that doesn't apply is null.
/// </summary>
internal static class PlanJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes plans, in their order.</summary>
    public static void Write(Stream output, IEnumerable<(PipelinePlan Plan, PipelineSettings Settings)> plans)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartArray();
        foreach ((PipelinePlan plan, PipelineSettings settings) in plans) Write(json, plan, settings);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PipelinePlan plan, PipelineSettings settings)
    {
        json.WriteStartObject();
        json.WriteString("pipeline", plan.Name.Value);
        json.WriteString("guarantee", Words.Of(plan.Guarantee));
        json.WriteNumber("commitInterval", settings.CommitInterval.TotalMilliseconds);
        json.WriteNumber("tasksMax", settings.TasksMax);
        json.WriteStartArray("subgraphs");
        foreach (SubgraphPlan subgraph in plan.Subgraphs) Write(json, subgraph, settings.ForSubgraph(subgraph.Name).TasksMax);
        json.WriteEndArray();
        json.WriteStartArray("cuts");
        foreach (CutPlan cut in plan.Cuts) Write(json, cut);
        json.WriteEndArray();
        json.WriteStartObject("deadLetters");
        json.WriteBoolean("tolerated", settings.Errors.Tolerates);
        json.WriteString("to", PlanText.DeadLetters(plan));
        json.WriteEndObject();
        json.WriteStartArray("settings");
        foreach ((string key, string value, SourcePlace place) in PlanText.Given(plan, settings))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("value", value);
            json.WriteString("origin", place.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SubgraphPlan subgraph, int tasksMax)
    {
        json.WriteStartObject();
        json.WriteString("name", subgraph.Name);
        json.WriteNumber("tasksMax", tasksMax);
        json.WriteStartObject("commitPoint");
        json.WriteString("kind", KindOf(subgraph.CommitPoint));
        json.WriteString("id", subgraph.CommitPoint.Id);
        json.WriteEndObject();
        json.WriteStartArray("stages");
        foreach (PlannedStage stage in subgraph.Stages) Write(json, stage);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PlannedStage stage)
    {
        StageNode node = stage.Node;
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("role", node switch { SourceNode => "source", SinkNode => "sink", _ => "operator" });
        json.WriteString("kind", node.Kind);
        WriteArray(json, "inputs", stage.Inputs.Select(input => input.Node.Name));
        json.WriteString("target", (node as SourceNode)?.Source.Target ?? (node as SinkNode)?.Sink.Target);
        json.WriteString("topic", TopicOf(node));
        json.WriteString("output", node.Output?.Description);
        json.WriteStartObject("label");
        json.WriteString("text", node.Label.Short);
        json.WriteString("file", Path.GetFileName(node.Label.File));
        json.WriteNumber("line", node.Label.Line);
        json.WriteEndObject();
        if (node is IStatefulNode { State: { } state })
        {
            json.WriteStartObject("state");
            json.WriteString("name", state.Name);
            json.WriteBoolean("nameIsDerived", state.IsNameDerived);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("state");
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CutPlan cut)
    {
        json.WriteStartObject();
        json.WriteString("topic", cut.Spec.Name);
        json.WriteNumber("partitions", cut.Spec.Partitions);
        json.WriteString("writer", cut.Writer);
        WriteArray(json, "readers", cut.Readers);
        json.WriteString("reason", cut.Reason);
        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<string> items)
    {
        json.WriteStartArray(name);
        foreach (string item in items) json.WriteStringValue(item);
        json.WriteEndArray();
    }

    /// <summary>The topic of the log that a stage reads or writes; null for others.</summary>
    internal static string? TopicOf(StageNode node) => node switch
    {
        SourceNode source => source.Source.Topic,
        SinkNode sink => sink.Topic?.Name,
        _ => null,
    };

    private static string KindOf(CommitPoint point) => point switch
    {
        LogCommitPoint => "log",
        StagedCommitPoint => "staged",
        FlushCommitPoint => "flush",
        _ => "database",
    };
}
