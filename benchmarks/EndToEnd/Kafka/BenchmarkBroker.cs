using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>One broker of a Kafka distribution on free ports of this machine, for the time of a benchmark; its data is gone with it.</summary>
internal sealed class BenchmarkBroker : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BenchmarkFolder folder;
    private readonly Process process;

    private BenchmarkBroker(BenchmarkFolder folder, Process process, string bootstrap)
    {
        this.folder = folder;
        this.process = process;
        Bootstrap = bootstrap;
    }

    /// <summary>Its address.</summary>
    public string Bootstrap { get; }

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="home">The distribution's folder, which has bin/kafka-server-start.sh.</param>
    /// <exception cref="EngineException">It doesn't start.</exception>
    public static BenchmarkBroker Start(string home)
    {
        string storage = Path.Combine(home, "bin", "kafka-storage.sh"), server = Path.Combine(home, "bin", "kafka-server-start.sh");
        if (!File.Exists(server)) throw new EngineException(ErrorDomain.User, $"there is no {server}", "Give the folder of a Kafka distribution with --kafka-home.");
        var folder = new BenchmarkFolder();
        int clients = FreePort(), controller = FreePort();
        string settings = Path.Combine(folder.Path, "server.properties");
        File.WriteAllText(settings, $"""
            process.roles=broker,controller
            node.id=1
            listeners=PLAINTEXT://127.0.0.1:{clients},CONTROLLER://127.0.0.1:{controller}
            advertised.listeners=PLAINTEXT://127.0.0.1:{clients}
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
            controller.quorum.voters=1@127.0.0.1:{controller}
            log.dirs={Path.Combine(folder.Path, "data")}
            auto.create.topics.enable=false
            default.replication.factor=1
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.state.log.num.partitions=4
            group.initial.rebalance.delay.ms=0
            log.segment.delete.delay.ms=1000

            """);
        string id = Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', 'A').Replace('/', 'B');
        using (Process format = Launch(folder.Path, storage, "format", "-t", id, "-c", settings)) format.WaitForExit();
        Process process = Launch(folder.Path, server, settings);
        var broker = new BenchmarkBroker(folder, process, $"127.0.0.1:{clients}");
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!KafkaTopics.Answers(broker.Bootstrap, TimeSpan.FromSeconds(1)))
        {
            if (!process.HasExited && Environment.TickCount64 < until) continue;
            broker.Dispose();
            throw new EngineException(ErrorDomain.External, $"the broker of {home} doesn't answer", "Start one by hand and give its address with --bootstrap.");
        }

        return broker;
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }

    /// <summary>Runs a script of the distribution; it and whatever it logs stay below the folder.</summary>
    private static Process Launch(string folder, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(script, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LOG_DIR"] = Path.Combine(folder, "logs");
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
