using System.Text;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class HeaderReaderTests
{
    [Fact]
    public void When_headers_are_walked_over_and_written_again_then_they_are_the_same()
    {
        Generators.Headers.Sample(
            text =>
            {
                var writer = new HeaderWriter();
                RecordHeaders headers = TestRecord.HeadersOf(text);
                var reader = new HeaderReader(headers);
                writer.Begin(reader.Left);
                var names = new List<string>();
                while (reader.MoveNext())
                {
                    names.Add(Encoding.UTF8.GetString(reader.Name));
                    writer.Add(reader.Name, reader.Value, reader.HasValue);
                }

                Assert.Equal(headers.Select(header => header.Name), names);
                Assert.Equal(headers.Select(Text), writer.Headers.Select(Text));
            },
            iter: PropertyRuns.Of(500));
    }

    [Fact]
    public void When_the_bytes_are_not_those_of_headers_then_that_is_said()
    {
        byte[] sound = RecordHeaders.Of(new RecordHeader("name", "value")).Bytes.ToArray();
        for (int length = 1; length < sound.Length; length++)
        {
            Assert.Throws<CorruptedChunkException>(() => WalkOver(new RecordHeaders(sound, 0, length)));
        }
    }

    private static void WalkOver(RecordHeaders headers)
    {
        var reader = new HeaderReader(headers);
        while (reader.MoveNext())
        {
        }
    }

    private static string Text(RecordHeader header) => $"{header.Name}={(header.Value is { } value ? Convert.ToHexString(value.Span) : "null")}";
}
