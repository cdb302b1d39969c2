using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>The benchmarks that run on a Kafka cluster, by name.</summary>
internal static class KafkaBenchmarks
{
    /// <summary>What a command line can be.</summary>
    public const string Help = """
        on a Kafka cluster:
          copy|map --bootstrap B --app A --in TOPIC --out TOPIC --guarantee exactly-once|at-least-once --commit-ms 100 --tasks 2      the engine, until stopped
          keep, and the same options with --data DIR                                                                                  the last value of each key
          rival-idiomatic|rival-tuned --workload copy|map, and the same options                                                       a loop over Confluent.Kafka
          compare --bootstrap B | --kafka-home DIR, --records 15000000 --repeats 3 --workloads copy,map --guarantees exactly-once,at-least-once
                  --rivals streams,tuned,idiomatic --ours yes|no --commit-ms 100 --tasks 2 --peers DIR                                all of them, in turn
          recovery --bootstrap B | --kafka-home DIR, --megabytes 1024 --repeats 5 --commit-ms 100 --tasks 2 --peers DIR              kill -9 with much state
          latency --bootstrap B | --kafka-home DIR, --rate 50000 --seconds 30 --repeats 3 --guarantees ... --rivals ... --peers DIR   at a set pace
        """;

    /// <summary>Whether a command line means one of them.</summary>
    public static bool Has(string[] args) => args.Length > 0 && (args[0] is "map" or "keep" or "recovery" or "rival-idiomatic" or "rival-tuned" or "compare" or "latency" || (args[0] == "copy" && args.Contains("--bootstrap")));

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var options = new NamedOptions(args.AsSpan(1));
            return args[0] switch
            {
                "copy" => await EngineOnKafka.RunAsync(KafkaJob.Read(options, Workload.Copy)),
                "keep" => await EngineOnKafka.RunAsync(KafkaJob.Read(options, Workload.Keep)),
                "recovery" => await KafkaRecovery.RunAsync(options, Told(args)),
                "map" => await EngineOnKafka.RunAsync(KafkaJob.Read(options, Workload.Map)),
                "rival-idiomatic" => IdiomaticRival.Run(KafkaJob.Read(options)),
                "rival-tuned" => TunedRival.Run(KafkaJob.Read(options)),
                "compare" => await KafkaComparison.RunAsync(options, Told(args)),
                _ => await KafkaLatency.RunAsync(options, Told(args)),
            };
        }
        catch (EngineException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n{e.Remedy}");
            return e.Domain == ErrorDomain.User ? 2 : 1;
        }
    }

    /// <summary>A command line as results tell it: without where things lie on this machine.</summary>
    private static string Told(string[] args) => string.Join(' ', args.Select((word, at) => at > 0 && args[at - 1] is ("--peers" or "--kafka-home") ? "DIR" : word));
}
