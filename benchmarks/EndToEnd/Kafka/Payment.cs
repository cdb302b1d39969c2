using System.Text.Json.Serialization;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>A payment as the input has it; with a fee, as <see cref="Workload.Map"/> writes it.</summary>
internal sealed record Payment(long Id, int User, long Amount, long At, string Note)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Fee { get; init; }

    /// <summary>Whether it has to be paid for: amounts that are multiples of ten are free, and dropped.</summary>
    [JsonIgnore]
    public bool HasFee => Amount % 10 != 0;

    public Payment WithFee() => this with { Fee = Amount / 100 };
}

/// <summary>Reads and writes payments without reflection; every engine here uses it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Payment))]
internal sealed partial class PaymentJson : JsonSerializerContext;
