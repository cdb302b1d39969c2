namespace StreamEngine.Kafka.Native;

/// <summary>Messages taken from a consumer's queue in one go; their memory is the library's, and goes back with <see cref="Dispose"/>.</summary>
/// <param name="messages">The messages.</param>
/// <param name="count">How many there are.</param>
/// <param name="woken">Whether a wake ended the wait for them.</param>
internal readonly unsafe ref struct NativeBatch(RawMessage** messages, int count, bool woken) : IDisposable
{
    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>Whether a wake ended the wait for them.</summary>
    public bool Woken => woken;

    /// <summary>One of them.</summary>
    public NativeMessage this[int index] => new(messages[index]);

    /// <summary>How many bytes their keys and values have.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            for (int n = 0; n < count; n++) bytes += (long)(messages[n]->KeyLength + messages[n]->ValueLength);
            return bytes;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        for (int n = 0; n < count; n++) Librdkafka.MessageDestroy(messages[n]);
    }
}
