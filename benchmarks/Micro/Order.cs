using System.Text.Json.Serialization;

namespace StreamEngine.Benchmarks.Micro;

/// <summary>A small record, as pipelines have them.</summary>
public sealed record Order(int Id, string Customer, string Country, double Total, int Lines);

/// <summary>How orders become JSON.</summary>
[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;
