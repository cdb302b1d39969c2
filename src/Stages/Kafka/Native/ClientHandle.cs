using System.Runtime.InteropServices;

namespace StreamEngine.Kafka.Native;

/// <summary>A client of the library's: its handle, and what its callbacks come to.</summary>
internal sealed class ClientHandle
{
    private const int TextBytes = 512;

    private GCHandle self;
    private int inside;
    private volatile bool closing;

    private ClientHandle(ClientEvents events)
    {
        Events = events;
        self = GCHandle.Alloc(events);
    }

    /// <summary>The handle for the library's calls.</summary>
    public nint Raw { get; private set; }

    /// <summary>What the client has told by callbacks.</summary>
    public ClientEvents Events { get; }

    /// <summary>Makes a client; it begins to connect, and doesn't wait for that.</summary>
    /// <param name="kind">A producer or a consumer.</param>
    /// <param name="config">Its settings, under the library's names.</param>
    /// <param name="log">Where its lines and errors go.</param>
    /// <exception cref="KafkaFault">A setting is unknown, or its value isn't allowed, or settings contradict each other.</exception>
    public static unsafe ClientHandle Open(int kind, IReadOnlyDictionary<string, string> config, ClientLog log)
    {
        var handle = new ClientHandle(new ClientEvents(log));
        nint conf = Librdkafka.ConfNew();
        try
        {
            byte* text = stackalloc byte[TextBytes];
            foreach ((string name, string value) in config)
            {
                if (Librdkafka.ConfSet(conf, name, value, text, TextBytes) != 0) throw Refused(name, KafkaFault.Text(text));
            }

            ClientEvents.Register(conf, kind, handle.self);
            handle.Raw = Librdkafka.New(kind, conf, text, TextBytes);
            if (handle.Raw == 0) throw new KafkaFault(Librdkafka.LastError(), $"the Kafka client {log.Client} can't be made: {KafkaFault.Text(text)}");

            // The client owns its configuration from here on.
            return handle;
        }
        catch
        {
            Librdkafka.ConfDestroy(conf);
            handle.self.Free();
            throw;
        }
    }

    /// <summary>Whether the client is about to be freed.</summary>
    public bool IsClosing => closing;

    /// <summary>Whether somebody is inside a call.</summary>
    public bool IsBusy => Volatile.Read(ref inside) > 0;

    /// <summary>Keeps the client from being freed until <see cref="Exit"/>; false when it is being freed.</summary>
    public bool TryEnter()
    {
        Interlocked.Increment(ref inside);
        if (!closing) return true;
        Exit();
        return false;
    }

    /// <summary>A call is over.</summary>
    public void Exit() => Interlocked.Decrement(ref inside);

    /// <summary>Lets nobody in any more; who is inside stays there. The client is freed once it isn't <see cref="IsBusy"/>.</summary>
    public void Close() => closing = true;

    /// <summary>Frees the client; waits for its threads, which may take seconds where a broker doesn't answer. Nobody may use it any more.</summary>
    public void Destroy()
    {
        Librdkafka.Destroy(Raw, Librdkafka.WithoutClose);
        Raw = 0;
        self.Free();
    }

    /// <summary>The fatal error of the client; null when there is none.</summary>
    public unsafe KafkaFault? Fatal()
    {
        byte* text = stackalloc byte[TextBytes];
        int code = Librdkafka.FatalError(Raw, text, TextBytes);
        return code == 0 ? null : new KafkaFault(code, KafkaFault.Text(text), isFatal: true);
    }

    /// <summary>A duration for a call that counts milliseconds; -1, for ever, where it is longer than such a call can say.</summary>
    public static int Milliseconds(TimeSpan timeout) => timeout.TotalMilliseconds switch
    {
        < 0 => 0,
        < int.MaxValue => (int)Math.Ceiling(timeout.TotalMilliseconds),
        _ => -1,
    };

    /// <summary>The library repeats a refused value; that of a secret is not repeated here.</summary>
    private static KafkaFault Refused(string name, string text)
    {
        bool secret = name.Contains("password", StringComparison.Ordinal) || name.Contains("secret", StringComparison.Ordinal) ||
            name.Contains(".key", StringComparison.Ordinal) || name.Contains("jaas", StringComparison.Ordinal);
        return new KafkaFault((int)Confluent.Kafka.ErrorCode.Local_InvalidArg, secret ? $"the value of the Kafka setting {name} is refused" : $"Kafka setting {name}: {text}");
    }
}
