using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Kafka.Commits;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Kafka.Connectors;

public class KeptTextTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(Gen.Char, Gen.Const('\\'), Gen.Char['\ud700', '\ue000'], Gen.Char['0', '9']).Array[0, 12].Select(chars => new string(chars));

    [Fact]
    public void Names_and_positions_of_partitions_come_back_as_they_were() => Gen.Select(Texts, Texts, Texts).Sample(
        (name, into, at) =>
        {
            var partition = new SourcePartitionId("input", name);
            string[] key = PositionsFormat.Parts(PositionsFormat.PositionKey("copy", partition));
            (string subgraph, CommittedPosition found) = PositionsFormat.ParsePosition(key, PositionsFormat.Position(new Position(into, at), new Epoch(7)));
            Assert.Equal(("copy", partition, into, at, new Epoch(7)), (subgraph, found.Partition, found.Position.Into, found.Position.At, found.Epoch));
        },
        iter: PropertyRuns.Of(2000));

    [Theory]
    [InlineData("\\")]
    [InlineData("a\\12")]
    [InlineData("\\xyzw")]
    public void What_was_never_kept_is_refused(string text) => Assert.Throws<InvalidDataException>(() => KeptText.Unescape(text));
}
