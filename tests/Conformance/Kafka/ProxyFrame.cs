using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace StreamEngine.Conformance.Kafka;

/// <summary>A frame of Kafka's protocol: its length in four bytes, then a request (api key, api version, correlation id ...) or a reply (correlation id ...).</summary>
/// <param name="buffer">The memory, from the shared pool; longer than the frame.</param>
/// <param name="length">The length with its own four bytes.</param>
internal readonly struct ProxyFrame(byte[] buffer, int length) : IDisposable
{
    private const int LengthMin = 4, LengthMax = 256 << 20;

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    /// <summary>What a request asks for.</summary>
    public KafkaApi Api => (KafkaApi)BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(4));

    /// <summary>The correlation id of a request.</summary>
    public int RequestId => BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(8));

    /// <summary>The correlation id of a reply.</summary>
    public int ReplyId => BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(4));

    /// <summary>Reads the next frame; null when the other side has hung up after the last.</summary>
    /// <exception cref="InvalidDataException">It is none of Kafka's.</exception>
    public static async Task<ProxyFrame?> ReadAsync(NetworkStream stream)
    {
        byte[] prefix = new byte[4];
        int read = await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false);
        if (read == 0) return null;
        if (read < prefix.Length) throw new EndOfStreamException();
        int length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (length is < LengthMin or > LengthMax) throw new InvalidDataException($"a frame of {length} bytes");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(4 + length, 12));
        prefix.CopyTo(buffer, 0);
        await stream.ReadExactlyAsync(buffer.AsMemory(4, length));
        return new ProxyFrame(buffer, 4 + length);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}
