using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// A network between clients and brokers that fails when it is told to: it cuts connections before a request arrives or when its reply comes
/// back, passes things on late, or holds everything. Brokers have a listener behind it that they advertise at its ports, so clients that begin
/// with <see cref="Bootstrap"/> know of no other way; those that begin with the servers' own addresses go past it.
/// </summary>
public sealed class KafkaProxy : IDisposable
{
    private readonly Lock guard = new();
    private readonly ConcurrentDictionary<KafkaApi, int> requests = [], replies = [];
    private readonly ConcurrentDictionary<ProxyConnection, bool> connections = [];
    private readonly ConcurrentQueue<Exception> failures = [];
    private readonly List<ArmedFault> faults = [];
    private readonly TcpListener[] listeners;
    private readonly int[] brokerPorts;
    private readonly TaskCompletionSource?[] holds;
    private volatile bool isClosed;

    private KafkaProxy(int nodes, IDictionary<string, string>? serverProperties)
    {
        KafkaServers.SkipUnlessOwn();
        listeners = [.. Enumerable.Range(0, nodes).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        brokerPorts = [.. Enumerable.Range(0, nodes).Select(_ => FreePorts.Take())];
        holds = new TaskCompletionSource?[nodes];
        Array.ForEach(listeners, listener => listener.Start());
        Bootstrap = string.Join(',', listeners.Select(listener => $"127.0.0.1:{PortOf(listener)}"));
        try
        {
            Servers = KafkaServers.StartWith(nodes, _ => serverProperties, node => [new KafkaListener("PROXIED", brokerPorts[node - 1], PortOf(listeners[node - 1]))], []);
        }
        catch
        {
            Array.ForEach(listeners, listener => listener.Dispose());
            throw;
        }

        for (int node = 1; node <= nodes; node++) _ = AcceptAsync(node);
    }

    /// <summary>The brokers behind it, to be killed and held themselves; gone with the proxy.</summary>
    public KafkaServers Servers { get; }

    /// <summary>The addresses of the brokers through it.</summary>
    public string Bootstrap { get; }

    /// <summary>Starts brokers and a proxy before them; skips the test with the reason when there can be none.</summary>
    /// <param name="nodes">How many brokers.</param>
    /// <param name="serverProperties">As of <see cref="KafkaServers.Start"/>.</param>
    public static KafkaProxy Start(int nodes = 1, IDictionary<string, string>? serverProperties = null) => new(nodes, serverProperties);

    /// <summary>Lets something happen to requests that come in from now on. Of two faults that would hit the same, the older does, and the other doesn't count it.</summary>
    public ArmedFault Arm(ProxyFault fault)
    {
        var armed = new ArmedFault(fault);
        lock (guard) faults.Add(armed);
        return armed;
    }

    /// <summary>Takes back all faults, and lets go of what is held.</summary>
    public void Heal()
    {
        lock (guard)
        {
            faults.ForEach(fault => fault.Dispose());
            faults.Clear();
        }

        LetGo();
    }

    /// <summary>How many requests of a kind have come from clients, those among them that were cut.</summary>
    public int Requests(KafkaApi api) => requests.GetValueOrDefault(api);

    /// <summary>How many replies to requests of a kind have gone to clients.</summary>
    public int Replies(KafkaApi api) => replies.GetValueOrDefault(api);

    /// <summary>Passes nothing on any more, in either direction, of one broker or of all: connections stay open, as those of a network that has parted.</summary>
    public void Hold(int? node = null)
    {
        lock (guard)
        {
            foreach (int n in Indexes(node)) holds[n] ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Passes on what was held, and all that follows.</summary>
    public void LetGo(int? node = null)
    {
        lock (guard)
        {
            foreach (int n in Indexes(node))
            {
                holds[n]?.SetResult();
                holds[n] = null;
            }
        }
    }

    /// <summary>Cuts all connections that are open; clients may connect again.</summary>
    public void Cut()
    {
        foreach (ProxyConnection connection in connections.Keys) connection.Cut();
    }

    /// <summary>Ends the proxy and the brokers behind it.</summary>
    /// <exception cref="AggregateException">It has met something that it did not expect, and what tests saw through it is worth nothing.</exception>
    public void Dispose()
    {
        isClosed = true;
        Array.ForEach(listeners, listener => listener.Dispose());
        Heal();
        Cut();
        Servers.Dispose();
        if (!failures.IsEmpty) throw new AggregateException(failures);
    }

    /// <summary>Counts a request, and says what is to happen to it.</summary>
    internal ArmedFault? Received(KafkaApi api)
    {
        requests.AddOrUpdate(api, 1, (_, count) => count + 1);
        lock (guard) return faults.Find(fault => fault.Chooses(api));
    }

    /// <summary>Counts a reply that has gone to its client.</summary>
    internal void Replied(KafkaApi api) => replies.AddOrUpdate(api, 1, (_, count) => count + 1);

    /// <summary>Ends when what a broker sends or is sent may pass.</summary>
    internal Task PassAsync(int node)
    {
        lock (guard) return holds[node - 1]?.Task ?? Task.CompletedTask;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private IEnumerable<int> Indexes(int? node) => node is { } given ? [given - 1] : Enumerable.Range(0, holds.Length);

    private async Task AcceptAsync(int node)
    {
        while (!isClosed)
        {
            try
            {
                _ = ServeAsync(node, await listeners[node - 1].AcceptSocketAsync());
            }
            catch (Exception e) when (e is SocketException || isClosed)
            {
                // A client has hung up before it was heard, or the proxy is at its end.
            }
        }
    }

    private async Task ServeAsync(int node, Socket client)
    {
        using var connection = new ProxyConnection(this, node, client);
        connections[connection] = true;
        try
        {
            if (!isClosed) await connection.RunAsync(brokerPorts[node - 1]);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The broker isn't there, or the connection was cut before it was made.
        }
        catch (Exception e)
        {
            failures.Enqueue(e);
        }
        finally
        {
            connections.TryRemove(connection, out _);
        }
    }
}
