using CsCheck;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;

namespace StreamEngine.Conformance.Sources;

/// <summary>
/// What every source that can be read again promises (<see cref="ISource"/>, <see cref="ISourceReader"/>). A connector passes it by a class that names its
/// factory.
/// </summary>
public abstract class SourceConformance(SourceFactory factory) : IDisposable
{
    private const int Many = 2_500;

    /// <inheritdoc/>
    public void Dispose()
    {
        factory.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void Opens_and_closes_without_reading()
    {
        factory.Create();
        factory.Write([1, 2, 3]);
        using var run = Open();
        Assert.NotEmpty(run.Source.Partitions());
    }

    [SkippableFact]
    public void Reads_every_record_once_in_order()
    {
        factory.Create();
        factory.Write(Numbers(0, Many));
        using var run = Open();
        run.AssignAll();
        Assert.Equal(Numbers(0, Many), run.ReadToEnd().Values);
    }

    [SkippableFact]
    public void An_empty_source_ends()
    {
        factory.Create();
        using var run = Open();
        run.AssignAll();
        Assert.Empty(run.ReadToEnd().Values);
    }

    [SkippableFact]
    public void A_replay_gives_the_same()
    {
        factory.Create();
        factory.Write(Numbers(0, Many));
        List<string> first = Trace();
        Assert.Equal(first, Trace());
    }

    [SkippableFact]
    public void Resumes_from_every_position_that_it_gave()
    {
        factory.Create();
        factory.Write(Numbers(0, Many));
        factory.WriteBad();
        factory.Write(Numbers(Many, 10));
        var seen = new List<(int Read, string Name, Position Position)>();
        int read = 0;
        using (var run = Open())
        {
            run.AssignAll();
            for (SourceItem item = run.Next(); !item.IsEnd; item = run.Next())
            {
                read += run.Take(item).Length;
                seen.Add((read, run.NameOf(item), item.Next));
            }
        }

        Assert.Equal(Many + 10, read);
        Assert.All(seen, point =>
        {
            using var run = Open();
            run.AssignAll(new Dictionary<string, Position> { [point.Name] = point.Position });
            Assert.Equal(Numbers(point.Read, Many + 10 - point.Read), run.ReadToEnd().Values);
        });
    }

    [SkippableFact]
    public void Positions_it_gave_are_good_and_short()
    {
        factory.Create();
        factory.Write(Numbers(0, Many));
        using var run = Open();
        run.AssignAll();
        foreach ((string name, Position position) in run.ReadToEnd().Positions)
        {
            Assert.Null(run.Source.Check(run.Source.Partitions().Single(partition => partition.Name == name), position).Problem);
            Assert.InRange(position.Into.Length + position.At.Length, 1, 1024);
        }
    }

    [SkippableFact]
    public void Goes_on_behind_its_end_when_more_was_written()
    {
        factory.Create();
        factory.Write(Numbers(0, 100));
        Dictionary<string, Position> positions;
        using (var run = Open())
        {
            run.AssignAll();
            positions = run.ReadToEnd().Positions;
        }

        factory.Write(Numbers(100, 50));
        using var second = Open();
        second.AssignAll(positions);
        Assert.Equal(Numbers(100, 50), second.ReadToEnd().Values);
    }

    [SkippableFact]
    public void Reads_what_is_written_while_it_follows_and_ends_when_finished()
    {
        Skip.IfNot(factory.CanFollow, "the source doesn't follow");
        factory.Create();
        factory.Write([0]);
        using var run = Open(follows: true);
        run.AssignAll();
        Assert.Equal([0], Values(run, 1));
        factory.Write([1, 2]);
        Assert.Equal([1, 2], Values(run, 2));
        Assert.Null(run.Reader.Poll(TimeSpan.Zero)?.Element);
        factory.Write([3]);
        run.Reader.Finish();
        run.Reader.Finish();
        Assert.Equal([3], run.ReadToEnd().Values);
    }

    [SkippableFact]
    public async Task A_wait_ends_when_it_is_woken()
    {
        Skip.IfNot(factory.CanFollow, "the source doesn't follow");
        factory.Create();
        using var run = Open(follows: true);
        run.AssignAll();
        Task<SourceItem?> poll = Task.Run(() => run.Reader.Poll(TimeSpan.FromMinutes(10)));
        while (!poll.IsCompleted)
        {
            run.Reader.Wake();
            await Task.Yield();
        }

        Assert.True((await poll) is not { Element: { } });
    }

    [SkippableFact]
    public void A_record_that_cant_be_read_takes_its_place_in_the_order()
    {
        if (!factory.HasBad) return;
        factory.Create();
        factory.Write([1, 2]);
        factory.WriteBad();
        factory.Write([3]);
        using var run = Open();
        run.AssignAll();
        var order = new List<string>();
        for (SourceItem item = run.Next(); !item.IsEnd; item = run.Next())
        {
            if (item.Element is Poison poison)
            {
                Assert.NotEmpty(poison.Cause.Message);
                Assert.InRange(poison.Origin.Offset, 1, 10);
                order.Add("bad");
            }

            order.AddRange(run.Take(item).Select(value => $"{value}"));
        }

        Assert.Equal(["1", "2", "bad", "3"], order);
    }

    [SkippableFact]
    public void A_reader_that_isnt_polled_reads_nothing_ahead_for_long()
    {
        factory.Create();
        factory.Write(Numbers(0, 200_000));
        using var run = Open();
        run.AssignAll();
        run.Take(run.Next());
        long before = GC.GetTotalAllocatedBytes(precise: true);
        run.Reader.Wake();
        for (int n = 0; n < 3; n++) GC.Collect();
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 4 << 20);
        Assert.InRange(run.Take(run.Next()).Length, 1, factory.RecordsMax);
    }

    [SkippableFact]
    public void What_vanished_is_a_clear_error()
    {
        Skip.IfNot(factory.CanLose, "what it reads can't vanish");
        factory.Create();
        factory.Write([1, 2, 3]);
        using var run = Open();
        run.AssignAll();
        factory.Lose();
        EngineException error = Assert.ThrowsAny<EngineException>(() => run.ReadToEnd());
        Assert.NotEmpty(error.Remedy);
        Assert.ThrowsAny<EngineException>(() => Open());
    }

    [SkippableFact]
    public void A_position_into_what_was_replaced_is_refused()
    {
        Skip.IfNot(factory.CanLose, "what it reads can't be replaced");
        factory.Create();
        factory.Write(Numbers(0, 20));
        Dictionary<string, Position> positions;
        using (var run = Open())
        {
            run.AssignAll();
            positions = run.ReadToEnd().Positions;
        }

        factory.Replace();
        using var second = Open();
        PositionCheck check = second.Source.Check(second.Source.Partitions()[0], positions.Values.First());
        Assert.NotNull(check.Problem);
        Assert.NotEmpty(check.Remedy);
        Assert.ThrowsAny<EngineException>(() =>
        {
            second.AssignAll(positions);
            second.ReadToEnd();
        });
    }

    [SkippableFact]
    public void Whatever_is_written_between_restarts_at_any_place_comes_once() =>
        Gen.Select(Gen.Int[0, 700].Array[1, 5], Gen.Int[0, 4].Array[1, 5]).Sample(
            (written, polls) =>
            {
                factory.Create();
                var positions = new Dictionary<string, Position>();
                var read = new List<long>();
                int next = 0;
                foreach ((int count, int limit) in written.Zip(polls))
                {
                    factory.Write(Numbers(next, count));
                    next += count;
                    using var run = Open();
                    run.AssignAll(positions);
                    for (int n = 0; n < limit; n++)
                    {
                        SourceItem item = run.Next();
                        read.AddRange(run.Take(item));
                        positions[run.NameOf(item)] = item.Next;
                        if (item.IsEnd) break;
                    }
                }

                using var last = Open();
                last.AssignAll(positions);
                read.AddRange(last.ReadToEnd().Values);
                Assert.Equal(Numbers(0, next), read);
            },
            iter: PropertyRuns.Of(factory.Schedules),
            threads: 1);

    private static IEnumerable<long> Numbers(int first, int count) => Enumerable.Range(first, count).Select(n => (long)n);

    private static List<long> Values(SourceRun run, int count)
    {
        var values = new List<long>();
        while (values.Count < count) values.AddRange(run.Take(run.Next()));
        return values;
    }

    private SourceRun Open(bool follows = false) => new(factory, follows);

    private List<string> Trace()
    {
        var trace = new List<string>();
        using var run = Open();
        run.AssignAll();
        for (bool isEnd = false; !isEnd;)
        {
            SourceItem item = run.Next();
            trace.Add($"{item.Partition} {item.Next} {item.IsEnd} {string.Join(',', run.Take(item))}");
            isEnd = item.IsEnd;
        }

        return trace;
    }
}
