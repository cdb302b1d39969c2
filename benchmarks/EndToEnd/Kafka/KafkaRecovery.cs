using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>
/// How long the engine takes to go on after <c>kill -9</c> with much state and the disk intact: from the start of the next process to the first new record that a
/// committed reader of the output gets. The input is fed all the time, so that each kill leaves a transaction open.
/// </summary>
internal sealed class KafkaRecovery(KafkaPlace place, KafkaRecovery.Plan plan)
{
    private const string Input = "streamengine-benchmark-kept-in";
    private const string Output = "streamengine-benchmark-kept-out";
    private const int Partitions = 4;
    private const int ValueBytes = 1000;
    private const int FeedPerSecond = 1000;
    private static readonly TimeSpan RestartPatience = TimeSpan.FromMinutes(2);

    private readonly ResultTable results = new();

    /// <summary>What is measured.</summary>
    internal sealed record Plan(long Megabytes, int Repeats, int CommitMilliseconds, int Tasks);

    private long Keys => plan.Megabytes * (1 << 20) / ValueBytes;

    public static async Task<int> RunAsync(NamedOptions options, string command)
    {
        var plan = new Plan(options.Number("--megabytes", 1024), (int)options.Number("--repeats", 5), (int)options.Number("--commit-ms", 100), (int)options.Number("--tasks", 2));
        using KafkaPlace place = KafkaPlace.Open(options, plan.Megabytes << 12);
        using var interrupt = new Interrupt();
        var recovery = new KafkaRecovery(place, plan);
        await recovery.RunAsync(interrupt.Token);
        recovery.results.Print(Console.Out);
        ResultTable.Save($"dotnet run -c Release --project benchmarks/EndToEnd -- {command}", "-kafka", recovery.results.Print);
        return 0;
    }

    private async Task RunAsync(CancellationToken stop)
    {
        await KafkaTopics.RecreateAsync(place.Bootstrap, Input, Partitions);
        await KafkaTopics.RecreateAsync(place.Bootstrap, Output, Partitions);
        using var data = new BenchmarkFolder();
        var job = new KafkaJob(
            Workload.Keep, place.Bootstrap, $"benchmark-{Guid.NewGuid():N}", Input, Output, ExactlyOnce: true, plan.CommitMilliseconds, plan.Tasks) { Data = data.Path };
        IReadOnlyList<string> command = Contender.Ours.Command(job, place.Tool, data.Path);
        EngineProcess engine = EngineProcess.Start(command);
        try
        {
            await Task.Run(Fill, stop);
            await engine.UntilAsync(async () => await KafkaTopics.RecordsAsync(place.Bootstrap, Output) >= Keys, stop);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task feeding = Task.Factory.StartNew(() => Feed(over.Token), over.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var seconds = new List<double>();
            for (int repeat = 0; repeat < plan.Repeats; repeat++)
            {
                using IConsumer<Ignore, Ignore> reader = OpenReader();
                await StandAtEndAsync(reader);
                await engine.UntilAsync(() => Task.FromResult(reader.Consume(0) is not null), stop);
                engine.Kill();
                await StandAtEndAsync(reader);
                long begin = Stopwatch.GetTimestamp();
                engine = EngineProcess.Start(command);
                if (reader.Consume(RestartPatience) is null) throw new EngineException(ErrorDomain.External, "nothing new was committed", "What the engine printed says why.");
                seconds.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed and started again: first new committed record after {seconds[^1]:0.00} s"));
            }

            await over.CancelAsync();
            await feeding;
            results.Add($"kill -9 with {Megabytes(data.Path):N0} MB of state on disk: to the first new committed record", "s", seconds, "aim: at most 3");
        }
        finally
        {
            engine.Dispose();
        }

        await KafkaTopics.DeleteAsync(place.Bootstrap, Input);
        await KafkaTopics.DeleteAsync(place.Bootstrap, Output);
    }

    /// <summary>One record for each key.</summary>
    private void Fill()
    {
        var random = new Random(1);
        using IProducer<byte[], byte[]> producer = OpenProducer();
        for (long key = 0; key < Keys; key++) Produce(producer, key, random);
        producer.Flush();
    }

    private void Feed(CancellationToken stop)
    {
        var random = new Random(2);
        using IProducer<byte[], byte[]> producer = OpenProducer();
        while (!stop.IsCancellationRequested)
        {
            for (int n = 0; n < FeedPerSecond / 50; n++) Produce(producer, random.NextInt64(Keys), random);
            producer.Flush(CancellationToken.None);
            stop.WaitHandle.WaitOne(20);
        }
    }

    private static void Produce(IProducer<byte[], byte[]> producer, long key, Random random)
    {
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key.ToString(CultureInfo.InvariantCulture)),
            Value = Encoding.UTF8.GetBytes(random.GetHexString(ValueBytes)),
        };
        RivalWork.Produce(producer, Input, message, null);
    }

    private IProducer<byte[], byte[]> OpenProducer() => new ProducerBuilder<byte[], byte[]>(new ProducerConfig
    {
        BootstrapServers = place.Bootstrap, EnableIdempotence = true, EnableDeliveryReports = false, LingerMs = 20, QueueBufferingMaxKbytes = 32_768,
    }).Build();

    private IConsumer<Ignore, Ignore> OpenReader() => new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
        BootstrapServers = place.Bootstrap, GroupId = "benchmark", IsolationLevel = IsolationLevel.ReadCommitted, EnableAutoCommit = false, FetchWaitMaxMs = 50,
    }).Build();

    /// <summary>Behind all that has been written, committed or not.</summary>
    private async Task StandAtEndAsync(IConsumer<Ignore, Ignore> reader) =>
        reader.Assign((await KafkaTopics.EndsAsync(place.Bootstrap, Output)).Select((end, partition) => new TopicPartitionOffset(Output, partition, end)));

    private static double Megabytes(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) / 1048576.0;
}
