using System.Net;
using System.Net.Sockets;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// Ports of 127.0.0.1 for servers that are stopped and come back on theirs. They lie below those that the system gives to outgoing
/// connections, one of which could else sit on the port when its server comes back.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000, Last = 31_999;
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nobody listens on, and that this process has not been given before.</summary>
    public static int Take()
    {
        lock (Given)
        {
            while (true)
            {
                int port = Random.Shared.Next(First, Last + 1);
                if (IsFree(port) && Given.Add(port)) return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
