using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace StreamEngine.Conformance.Kafka;

/// <summary>One broker (and controller) as a process with a folder of its own. It never outlives this process, by whatever way that ends.</summary>
internal sealed partial class KafkaNode : IDisposable
{
    private const int SigKill = 9, SigTerm = 15;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Begins when it is told to, so that its guard knows of it before; the process stays the same down to the broker's own.</summary>
    private const string Script = "read -r _ && exec \"$1\" \"$2\" </dev/null >>\"$0\" 2>&1";

    private readonly BrokerGuard guard;
    private readonly string folder;
    private readonly string properties;
    private Process? broker;

    /// <summary>Writes down what the node is started with.</summary>
    /// <param name="guard">What ends it with this process.</param>
    /// <param name="serversFolder">The folder of all servers that it belongs to.</param>
    /// <param name="number">Its number among them, from 1, which is its node.id.</param>
    /// <param name="port">The port of its plain listener.</param>
    /// <param name="settings">The lines of its server.properties without those that name its folder.</param>
    public KafkaNode(BrokerGuard guard, string serversFolder, int number, int port, IEnumerable<string> settings)
    {
        this.guard = guard;
        Port = port;
        folder = Path.Combine(serversFolder, number.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        properties = Path.Combine(folder, "server.properties");
        File.WriteAllLines(properties, [.. settings, $"log.dirs={Path.Combine(folder, "data")}"]);
    }

    /// <summary>The port of its plain listener.</summary>
    public int Port { get; }

    public bool IsRunning => broker is { HasExited: false };

    /// <summary>The broker's process.</summary>
    public int ProcessId => IsRunning ? broker!.Id : throw new InvalidOperationException($"the broker on port {Port} does not run");

    private string Log => Path.Combine(folder, "server.log");

    /// <summary>Makes its data folder, once.</summary>
    /// <param name="clusterId">The id that all nodes share.</param>
    /// <param name="users">What kafka-storage is told of users, each as --add-scram takes it.</param>
    public void Format(string clusterId, IReadOnlyList<string> users)
    {
        string output = KafkaProgram.Run(
            KafkaHome.Program("kafka-storage.sh"), ["format", "-t", clusterId, "-c", properties, .. users.SelectMany(user => (string[])["--add-scram", user])], Deadline);
        File.WriteAllText(Path.Combine(folder, "format.log"), output);
    }

    /// <summary>Starts it on its port and data, without waiting for it.</summary>
    public void Launch()
    {
        if (IsRunning) throw new InvalidOperationException($"the broker on port {Port} already runs");
        broker?.Dispose();
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, Log, KafkaHome.Program("kafka-server-start.sh"), properties]) { RedirectStandardInput = true };
        KafkaHome.Prepare(start, "-Xms256m -Xmx512m", folder);
        broker = new Process { StartInfo = start, EnableRaisingEvents = true };
        broker.Start();
        int process = broker.Id;
        guard.Add(process);
        broker.Exited += (_, _) => guard.Remove(process);
        broker.StandardInput.WriteLine();
        broker.StandardInput.Close();
    }

    /// <summary>Waits until it listens, which a broker does when it is ready to answer.</summary>
    /// <exception cref="InvalidOperationException">It has ended, or takes too long; the message has the end of its log.</exception>
    public void AwaitListening()
    {
        var waited = Stopwatch.StartNew();
        while (!Listens())
        {
            if (broker!.WaitForExit(20)) throw new InvalidOperationException($"the broker on port {Port} ended at its start: {LogEnd()}");
            if (waited.Elapsed > Deadline) throw new InvalidOperationException($"the broker on port {Port} did not start within {Deadline.TotalSeconds:0} s: {LogEnd()}");
        }
    }

    /// <summary>Ends it at once; its data stays as it is.</summary>
    public void Kill() => End(SigKill);

    /// <summary>Asks it to end, and waits until it has.</summary>
    public void Stop() => End(SigTerm);

    /// <summary>Holds it: connections stay open and nothing is answered.</summary>
    public void Pause() => Signal(OperatingSystem.IsMacOS() ? 17 : 19);

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal(OperatingSystem.IsMacOS() ? 19 : 18);

    /// <summary>The end of its log, for messages.</summary>
    public string LogEnd() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(20)) : "it has written no log";

    public void Dispose()
    {
        if (IsRunning) Kill();
        broker?.Dispose();
    }

    private void End(int signal)
    {
        int process = ProcessId;
        Signal(signal);
        if (!broker!.WaitForExit(Deadline)) throw new InvalidOperationException($"the broker on port {Port} did not end within {Deadline.TotalSeconds:0} s: {LogEnd()}");
        guard.Remove(process);
    }

    private void Signal(int signal)
    {
        if (kill(ProcessId, signal) != 0) throw new InvalidOperationException($"signal {signal} to the broker on port {Port}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private bool Listens()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
