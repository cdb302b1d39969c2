using StreamEngine.Conformance.Kafka;

namespace StreamEngine.Stages.Tests.Kafka.Servers;

/// <summary>A broker behind a proxy for the tests of one class, started by the first that needs it.</summary>
public sealed class ProxiedBroker : IDisposable
{
    private readonly Lazy<KafkaProxy> proxy = new(() => KafkaProxy.Start());

    /// <summary>The proxy; skips the test with the reason when there can be none.</summary>
    public KafkaProxy Proxy => proxy.Value;

    public bool IsStarted => proxy.IsValueCreated;

    public void Dispose()
    {
        if (IsStarted) Proxy.Dispose();
    }
}
