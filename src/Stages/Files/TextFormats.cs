using System.Text.Json;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>A record a line, whatever is in it.</summary>
internal sealed class LinesFormat<T>(int recordBytesMax, ISerde<T> serde) : RecordFormat<T>
{
    public override bool HasHeader => false;

    public override int RecordBytesMax => recordBytesMax;

    public override RecordKind Split(ReadOnlySpan<byte> data, bool isLast, out RecordExtent extent, out string? cause)
    {
        cause = null;
        return LineSplitter.TryFirst(data, isLast, out extent) ? RecordKind.Record : RecordKind.Partial;
    }

    public override RecordDecoder<T> CreateDecoder(string file, ReadOnlySpan<byte> header) => new Decoder(serde);

    private sealed class Decoder(ISerde<T> serde) : RecordDecoder<T>
    {
        public override void Open(ReadOnlyMemory<byte> block)
        {
        }

        public override T Next(ReadOnlyMemory<byte> record) => serde.Deserialize(record);

        public override string Explain(Exception error) => error.Message;
    }
}

/// <summary>A JSON value a line; empty lines are none.</summary>
internal sealed class JsonFormat<T>(int recordBytesMax, ISerde<T> serde) : RecordFormat<T>
{
    public override bool HasHeader => false;

    public override int RecordBytesMax => recordBytesMax;

    public override RecordKind Split(ReadOnlySpan<byte> data, bool isLast, out RecordExtent extent, out string? cause)
    {
        cause = null;
        if (!LineSplitter.TryFirst(data, isLast, out extent)) return RecordKind.Partial;
        return extent.ContentLength == 0 ? RecordKind.Blank : RecordKind.Record;
    }

    public override RecordDecoder<T> CreateDecoder(string file, ReadOnlySpan<byte> header) => new Decoder(serde);

    private sealed class Decoder(ISerde<T> serde) : RecordDecoder<T>
    {
        public override void Open(ReadOnlyMemory<byte> block)
        {
        }

        public override T Next(ReadOnlyMemory<byte> record) => serde.Deserialize(record) ?? throw new JsonException("null is no record");

        public override string Explain(Exception error) => error.Message;
    }
}
