using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Tests.Log;

namespace StreamEngine.Tests.Topics;

/// <summary>Where a topic of the log is read from: offsets that are given, and positions whose records are gone.</summary>
public sealed class TopicSourceTests : EmbeddedLogFixture
{
    private static readonly Topic<string, string> Source = Topic.Of<string, string>("in");

    [Theory]
    [InlineData(OutOfRange.Earliest, "15,16,17,18,19")]
    [InlineData(OutOfRange.Latest, "")]
    public async Task When_records_are_gone_before_they_were_read_then_reading_goes_on_where_it_is_told_to(OutOfRange then, string values)
    {
        TopicInfo topic = await MakeAsync();
        Log.Purge(topic, 0, 15);
        using ISource source = Open(Source.WhenOutOfRange(then));
        SourcePartition partition = source.Partitions().Single();
        var gone = new Position($"topic:{topic.Id}", "10");
        Assert.Null(source.Check(partition, gone).Problem);
        Assert.Equal(values.Split(',', StringSplitOptions.RemoveEmptyEntries), Rest(source, gone));
    }

    [Theory]
    [InlineData(OutOfRange.Earliest, 20)]
    [InlineData(OutOfRange.Latest, 0)]
    public async Task A_position_behind_the_end_is_out_of_range_too(OutOfRange then, int records)
    {
        TopicInfo topic = await MakeAsync();
        using ISource source = Open(Source.WhenOutOfRange(then));
        var lost = new Position($"topic:{topic.Id}", "50");
        Assert.Null(source.Check(source.Partitions().Single(), lost).Problem);
        Assert.Equal(records, Rest(source, lost).Count);
    }

    [Fact]
    public async Task Unless_it_is_told_a_position_whose_records_are_gone_is_refused()
    {
        TopicInfo topic = await MakeAsync();
        Log.Purge(topic, 0, 15);
        using ISource source = Open(Source);
        PositionCheck found = source.Check(source.Partitions().Single(), new Position($"topic:{topic.Id}", "10"));
        Assert.Contains("begins at offset 15, behind the position 10", found.Problem, StringComparison.Ordinal);
        Assert.Contains("out-of-range = earliest", found.Remedy, StringComparison.Ordinal);
        Assert.Null(source.Check(source.Partitions().Single(), new Position($"topic:{topic.Id}", "15")).Problem);
    }

    [Fact]
    public async Task A_position_that_is_there_is_read_on_from_whatever_the_policy_is()
    {
        TopicInfo topic = await MakeAsync();
        using ISource source = Open(Source.WhenOutOfRange(OutOfRange.Latest));
        Assert.Equal(["17", "18", "19"], Rest(source, new Position($"topic:{topic.Id}", "17")));
    }

    [Fact]
    public async Task Records_that_go_while_they_are_read_fail_the_task_so_that_it_begins_again_by_the_policy()
    {
        TopicInfo topic = await MakeAsync();
        using ISource source = Open(Source.WhenOutOfRange(OutOfRange.Earliest));
        using ISourceReader reader = source.OpenReader(new ChunkPool(), 0);
        reader.Assign(source.Partitions().Single(), new Position($"topic:{topic.Id}", "0"));
        Log.Purge(topic, 0, 15);
        var failed = Assert.Throws<EngineException>(() => reader.Poll(TimeSpan.Zero));
        Assert.True(failed.IsTransient);
        Assert.Contains("offset 0 of topic in, partition 0, can't be read", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_begins_at_the_offset_that_is_given()
    {
        await MakeAsync();
        using ISource source = Open(Source.FromOffsets(new Dictionary<int, long> { [0] = 12 }));
        SourcePartition partition = source.Partitions().Single();
        Assert.Equal("12", source.Begin(partition).At);
        Assert.Equal("0", source.Begin(partition with { IsLate = true }).At);
    }

    [Fact]
    public async Task An_offset_that_is_not_there_and_a_partition_that_is_not_there_are_refused()
    {
        await MakeAsync();
        using ISource source = Open(Source.FromOffsets(new Dictionary<int, long> { [0] = 21 }));
        Assert.Equal("in: topic in, partition 0 is to be read from offset 21, and holds 0 to 20", Assert.Throws<EngineException>(() => source.Begin(source.Partitions().Single())).Message);
        using ISource other = Open(Source.FromOffsets(new Dictionary<int, long> { [3] = 1 }));
        Assert.Equal("in: topic in is to be read from an offset in partition 3, and has 0 to 0", Assert.Throws<EngineException>(() => other.Begin(other.Partitions().Single())).Message);
    }

    private async Task<TopicInfo> MakeAsync()
    {
        TopicInfo topic = Log.Create(new TopicSpec("in"));
        TestTask task = await TaskAsync();

        // What is purged goes by what was committed together.
        for (int n = 0; n < 20; n += 5) await task.CommitAsync(topic, 0, [.. Enumerable.Range(n, 5).Select(m => new TestRecord($"{m}", $"{m}"))]);
        return topic;
    }

    private ISource Open(Topic<string, string> topic)
    {
        ISource source = topic.AsSource().Open(new SourceContext("in", ".", Log, Clock));
        source.Connect();
        return source;
    }

    /// <summary>The values that are read from a position to the end.</summary>
    private static List<string> Rest(ISource source, Position from)
    {
        using ISourceReader reader = source.OpenReader(new ChunkPool(), 0);
        reader.Assign(source.Partitions().Single(), from);
        reader.Finish();
        var read = new List<string>();
        for (int polls = 0; polls < 1000; polls++)
        {
            if (reader.Poll(TimeSpan.Zero) is not { } item) continue;
            if (item.Element is Chunk chunk)
            {
                read.AddRange(TestRecord.In(chunk).Select(found => found.Record.Value!));
                chunk.Release();
            }

            if (item.IsEnd) return read;
        }

        throw new InvalidOperationException("the end isn't reported");
    }
}
