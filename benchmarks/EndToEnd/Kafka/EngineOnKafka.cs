using StreamEngine.Contracts;
using StreamEngine.Hosting;
using StreamEngine.Operators;
using StreamEngine.Records;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>The engine with its log on a cluster, as a user's program runs it: it ends when the process is asked to stop.</summary>
internal static class EngineOnKafka
{
    public static async Task<int> RunAsync(KafkaJob job)
    {
        using BenchmarkFolder? folder = job.Data is null ? new BenchmarkFolder() : null;
        string[] settings =
        [
            "stream-engine.log.kind=kafka",
            $"stream-engine.log.kafka.client {{ \"bootstrap.servers\" = \"{job.Bootstrap}\" }}",
            $"stream-engine.pipeline.guarantee={(job.ExactlyOnce ? GuaranteeNames.ExactlyOnce : GuaranteeNames.AtLeastOnce)}",
            $"stream-engine.pipeline.commit.interval={job.CommitMilliseconds}ms",
            $"stream-engine.pipeline.tasks.max={job.Tasks}",
        ];
        string[] command = ["run", "--follow", "--data", job.Data ?? folder!.Path, .. settings.SelectMany(setting => (string[])["--set", setting])];
        return await StreamApp.Run(command, app => app.Pipeline(job.App, pipeline => Define(pipeline, job)));
    }

    private static void Define(PipelineBuilder pipeline, KafkaJob job)
    {
        if (job.Workload == Workload.Keep)
        {
            pipeline.From(Topic.Of<string, string>(job.Input)).Aggregate("", (_, value) => value, name: "kept").Select(value => (long)value.Length).To(Topic.Of<string, long>(job.Output));
            return;
        }

        if (job.Workload == Workload.Copy)
        {
            pipeline.From(Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(job.Input)).To(Topic.Of<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(job.Output));
            return;
        }

        ISerde<Payment> payments = Serdes.Json(PaymentJson.Default.Payment);
        pipeline.From(Topic.Of(job.Input, Serdes.Bytes, payments))
            .Where(payment => payment.HasFee)
            .Select(payment => payment.WithFee())
            .To(Topic.Of(job.Output, Serdes.Bytes, payments));
    }
}
