using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// One connection of a client through a proxy to its broker. Replies come in the order of the requests; one that asks for no reply (a produce
/// request that wants no acknowledgement) leaves a gap, so they are matched by their correlation ids. What happens is counted before the client
/// can notice it.
/// </summary>
internal sealed class ProxyConnection(KafkaProxy proxy, int node, Socket client) : IDisposable
{
    private readonly Socket broker = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ConcurrentDictionary<int, (KafkaApi Api, ArmedFault? Fault)> asked = [];

    /// <summary>Passes on what both sides send, until the broker has hung up or the connection is cut.</summary>
    public async Task RunAsync(int brokerPort)
    {
        client.NoDelay = true;
        await proxy.PassAsync(node);
        await broker.ConnectAsync(IPAddress.Loopback, brokerPort);
        await Task.WhenAll(CutAfterAsync(SendRequestsAsync(), isEnd: false), CutAfterAsync(SendRepliesAsync(), isEnd: true));
    }

    /// <summary>Cuts it: neither side hears anything more.</summary>
    public void Cut()
    {
        client.Dispose();
        broker.Dispose();
    }

    public void Dispose() => Cut();

    private static async Task LateAsync(ArmedFault fault)
    {
        await Task.Delay(fault.Fault.Delay);
        fault.Happened();
    }

    private static bool IsHangUp(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    /// <summary>Cuts the connection when a direction has failed, or has come to its end if that is the connection's; a hang-up is no failure.</summary>
    private async Task CutAfterAsync(Task direction, bool isEnd)
    {
        try
        {
            await direction;
            if (isEnd) Cut();
        }
        catch (Exception e)
        {
            Cut();
            if (!IsHangUp(e)) throw;
        }
    }

    private async Task SendRequestsAsync()
    {
        await using var from = new NetworkStream(client);
        while (await ReadRequestAsync(from) is { } frame)
        {
            using (frame)
            {
                ArmedFault? fault = proxy.Received(frame.Api);
                if (fault?.Fault.Act == ProxyAct.CutRequest)
                {
                    fault.Happened();
                    Cut();
                    return;
                }

                if (fault?.Fault.Act == ProxyAct.DelayRequest) await LateAsync(fault);
                await proxy.PassAsync(node);
                asked[frame.RequestId] = (frame.Api, fault);
                await SendAsync(broker, frame.Bytes);
            }
        }

        // The broker answers what it has got, and hangs up too.
        broker.Shutdown(SocketShutdown.Send);
    }

    /// <summary>The client's next request; null when it has hung up, in whatever way: what it sent before is still on its way to the broker.</summary>
    private static async Task<ProxyFrame?> ReadRequestAsync(NetworkStream from)
    {
        try
        {
            return await ProxyFrame.ReadAsync(from);
        }
        catch (Exception e) when (IsHangUp(e))
        {
            return null;
        }
    }

    private async Task SendRepliesAsync()
    {
        await using var from = new NetworkStream(broker);
        while (await ProxyFrame.ReadAsync(from) is { } frame)
        {
            using (frame)
            {
                if (!asked.TryRemove(frame.ReplyId, out (KafkaApi Api, ArmedFault? Fault) request))
                {
                    throw new InvalidOperationException($"broker {node} has replied to request {frame.ReplyId}, which was not passed on to it");
                }

                if (request.Fault?.Fault.Act == ProxyAct.LoseReply)
                {
                    request.Fault.Happened();
                    Cut();
                    return;
                }

                if (request.Fault?.Fault.Act == ProxyAct.DelayReply) await LateAsync(request.Fault);
                await proxy.PassAsync(node);
                proxy.Replied(request.Api);
                await SendToClientAsync(frame.Bytes);
            }
        }
    }

    /// <summary>A client that has hung up hears nothing, and its broker goes on with what it was sent.</summary>
    private async Task SendToClientAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(client, bytes);
        }
        catch (SocketException)
        {
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes)..];
    }
}
