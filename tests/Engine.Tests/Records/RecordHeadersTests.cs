using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Records;

namespace StreamEngine.Tests.Records;

public class RecordHeadersTests
{
    [Fact]
    public void When_headers_are_encoded_then_they_are_read_as_they_were() =>
        Gen.Select(Gen.String, Gen.Bool, Gen.Byte.Array[0, 300]).Array[0, 12].Sample(
            made =>
            {
                RecordHeader[] written = [.. made.Select(header => new RecordHeader(header.Item1, header.Item2 ? header.Item3 : (ReadOnlyMemory<byte>?)null))];
                RecordHeaders headers = RecordHeaders.Of(written);

                Assert.Equal(made.Length, headers.Count);
                Assert.Equal(made.Length == 0, headers.IsEmpty);
                Assert.Equal(
                    made.Select(header => (header.Item1, header.Item2 ? Convert.ToHexString(header.Item3) : null)),
                    headers.Select(header => (header.Name, header.Value is { } value ? Convert.ToHexString(value.Span) : null)));
            },
            iter: PropertyRuns.Of(300));

    [Fact]
    public void When_a_value_is_null_then_it_is_not_taken_for_an_empty_one()
    {
        RecordHeaders headers = RecordHeaders.Of(new RecordHeader("null", (ReadOnlyMemory<byte>?)null), new RecordHeader("empty", ReadOnlyMemory<byte>.Empty));

        Assert.Null(headers.First().Value);
        Assert.NotNull(headers.Last().Value);
    }

    [Fact]
    public void When_a_name_comes_twice_then_its_last_value_counts()
    {
        RecordHeaders headers = RecordHeaders.Of(new RecordHeader("a", "1"), new RecordHeader("b", "2"), new RecordHeader("a", "3"));

        Assert.Equal("3"u8, headers.Last("a")!.Value.Span);
        Assert.Null(headers.Last("c"));
    }

    [Fact]
    public void When_a_header_is_added_then_it_comes_last_and_the_others_stay()
    {
        RecordHeaders first = default(RecordHeaders).With("a", "1"u8.ToArray());

        RecordHeaders second = first.With("b", null);

        Assert.Equal("a=1", TestRecord.Text(first));
        Assert.Equal("a=1;b", TestRecord.Text(second));
    }

    [Fact]
    public void When_there_are_none_then_they_take_no_bytes()
    {
        Assert.True(RecordHeaders.Of().IsEmpty);
        Assert.Empty(default(RecordHeaders));
        Assert.Equal(0, default(RecordHeaders).Count);
        Assert.Equal(0, RecordHeaders.Of().Bytes.Length);
    }
}
