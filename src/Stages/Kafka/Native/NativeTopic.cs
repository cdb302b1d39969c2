namespace StreamEngine.Kafka.Native;

/// <summary>A topic as a producer knows it; its handle lives as long as the producer.</summary>
/// <param name="name">Its name.</param>
/// <param name="raw">Its handle for the library's calls.</param>
internal sealed class NativeTopic(string name, nint raw)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its handle for the library's calls.</summary>
    public nint Raw { get; } = raw;
}
