using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.TestKit;
using StreamEngine.Transforms;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>Runs transforms over records of JSON, in a pipeline of the test kit.</summary>
internal static class TransformRun
{
    public static Topic<DataObject, DataObject> Input { get; } = Topic.Of("input", DataSerdes.String, DataSerdes.Json);

    /// <summary>Makes a transform of its options as JSON.</summary>
    public static Transform Make(string name, string options) => TransformCatalog.Find(name) is { } definition
        ? definition.Create(new TestOptions(definition.Options, DataJson.Read(options)))
        : throw new ArgumentException($"there is no transform {name}");

    /// <summary>The values that come out as JSON, of values that go in as JSON; an empty text is a tombstone.</summary>
    public static async Task<string[]> Values(string transform, string options, params string[] input) =>
        [.. (await Records([(transform, options, null)], input)).Select(record => record.Value)];

    /// <summary>The error of a record that fails, or of the options.</summary>
    public static async Task<string> Error(string transform, string options, string input) =>
        (await Assert.ThrowsAnyAsync<Exception>(() => Values(transform, options, input))).Message;

    /// <summary>Keys as they are written and values as JSON that come out.</summary>
    public static async Task<(string? Key, string Value, DateTimeOffset Time)[]> Records((string Transform, string Options, string? Name)[] transforms, params string[] input)
    {
        await using PipelineTestKit kit = PipelineTestKit.For(p => Apply(DataStream.Of(p.From(Input)), transforms).To(new OutputTopic("output"), null, new SourceLabel("topic(output)", "orders.conf", 20)));
        for (int n = 0; n < input.Length; n++) kit.Send(Input, Scalar($"k{n}"), Parse(input[n])!, DateTimeOffset.UnixEpoch.AddSeconds(n));
        await kit.RunToEnd();
        return Output(kit, "output");
    }

    public static DataStream Apply(DataStream stream, params (string Transform, string Options, string? Name)[] transforms) =>
        transforms.Aggregate(stream, (before, one) => Make(one.Transform, one.Options).Apply(before, one.Name));

    /// <summary>What stands in a topic: keys and values as the texts of their bytes.</summary>
    public static (string? Key, string Value, DateTimeOffset Time)[] Output(PipelineTestKit kit, string topic) =>
    [
        .. kit.Output(Topic.Of(topic, Serdes.ByteArray, Serdes.ByteArray)).Select(
            record => (record.HasKey ? Encoding.UTF8.GetString(record.Key!) : null, record.IsTombstone ? "" : Encoding.UTF8.GetString(record.Value!), record.EventTime)),
    ];

    public static DataObject Scalar(string text) => DataObject.Scalar(DataValue.Of(text));

    public static DataObject? Parse(string json) => json.Length == 0 ? null : DataSerdes.Json.Deserialize(Encoding.UTF8.GetBytes(json));
}

/// <summary>A topic whose values are JSON, whatever its keys are.</summary>
internal sealed class OutputTopic(string name) : ValueSinkDefinition<DataObject>
{
    public override SinkDefinition<TKey, DataObject> For<TKey>() => new Topic<TKey, DataObject>(new TopicSpec(name, 1), null, DataSerdes.Json).AsSink();
}
