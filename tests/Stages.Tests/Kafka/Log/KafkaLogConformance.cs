using StreamEngine.Conformance;

namespace StreamEngine.Stages.Tests.Kafka.Log;

/// <summary>The log on a real broker keeps what every log promises.</summary>
public sealed class KafkaLogConformance() : DurableLogConformance(new KafkaLogFactory());

/// <summary>The same, in any order.</summary>
public sealed class KafkaLogScheduleConformance() : LogScheduleConformance(new KafkaLogFactory());
