using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;
using StreamEngine.Kafka.Commits;
using StreamEngine.Records;

namespace StreamEngine.Kafka.State;

/// <summary>Reads what a copy of a state lacks from the changelog: the tail behind its bound; everything, where there is no copy or it is too old.</summary>
internal sealed class ChangelogRestore(KafkaCommits commits, StateCopies of, Func<ILogReader> openReader, Action<string> progress)
{
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    // A tombstone is gone after so long, and a copy that misses it would bring its key back.
    private static readonly TimeSpan AgeMax = TopicConfig.ChangelogTombstones / 2;

    private long records;
    private long toldAt = Environment.TickCount64;

    private ILocalStateStore Store => commits.Options.LocalState ?? throw new InvalidOperationException("there is no place for copies of states");

    /// <summary>Restores partitions.</summary>
    /// <exception cref="EngineException">The changelog is shorter than a copy.</exception>
    public void Run(IReadOnlyList<int> partitions)
    {
        var ends = new Dictionary<int, long>();
        var next = new Dictionary<int, long>();
        foreach (int partition in partitions)
        {
            (long low, long high) = commits.Cluster.Watermarks(of.Changelog.Name, partition);
            long from = From(partition, low, high);
            if (from < high) (ends[partition], next[partition]) = (high, from);
            else Keep(partition, high);
        }

        if (ends.Count == 0) return;
        long begin = next.Values.Sum(), total = ends.Values.Sum() - begin;
        using ILogReader reader = openReader();
        foreach ((int partition, long from) in next) reader.Assign(of.Changelog, partition, from);
        while (ends.Count > 0)
        {
            if (reader.Poll(PollWait) is { } read) Take(read);
            foreach (int partition in ends.Keys.ToArray())
            {
                next[partition] = reader.NextOffset(of.Changelog, partition);
                if (next[partition] < ends[partition]) continue;
                Keep(partition, next[partition]);
                ends.Remove(partition);
            }

            Tell(next.Values.Sum() - begin, total);
        }

        commits.Options.Logger.Information("state {State}: {Records} records read from its changelog for {Partitions} partitions", of.Info.Spec.Name, records, partitions.Count);
    }

    private long From(int partition, long low, long high)
    {
        ILocalState copy = of.Copy(partition);
        if (copy.Bound is not { } bound) return low;
        if (bound.Offset > high)
        {
            throw new EngineException(
                ErrorDomain.Data,
                $"topic {of.Changelog.Name}, partition {partition} ends at offset {high}, and the copy of keyed state {of.Info.Spec.Name} on this machine goes up to {bound.Offset}: the changelog has lost records",
                "Restore the topic from where its records still are; or reset the pipeline to begin at the beginning: pipelines reset.");
        }

        long age = commits.Options.Clock.GetUtcNow().ToUnixTimeMilliseconds() - bound.At;
        if (age < AgeMax.TotalMilliseconds && bound.Offset >= low) return bound.Offset;
        commits.Options.Logger.Information("state {State}: the copy of partition {Partition} is too old, and is made anew", of.Info.Spec.Name, partition);
        Store.Drop(copy);
        of.Forget(partition);
        return low;
    }

    private void Take(LogChunk read)
    {
        try
        {
            ILocalState copy = of.Copy(read.Chunk.Partition);
            Store.Write(batch =>
            {
                var reader = new ChunkReader(read.Chunk);
                while (reader.MoveNext())
                {
                    if (reader.HasValue) batch.Put(copy, reader.Key, reader.Value);
                    else batch.Delete(copy, reader.Key);
                }

                batch.SetBound(copy, new LocalStateBound(read.NextOffset, Now));
            });
            records += read.Chunk.Records;
        }
        finally
        {
            read.Chunk.Release();
        }
    }

    private long Now => commits.Options.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void Keep(int partition, long end)
    {
        ILocalState copy = of.Copy(partition);
        Store.Write(batch => batch.SetBound(copy, new LocalStateBound(end, Now)));
    }

    private void Tell(long done, long total)
    {
        if (Environment.TickCount64 - toldAt < ProgressInterval.TotalMilliseconds) return;
        toldAt = Environment.TickCount64;
        progress(string.Create(CultureInfo.InvariantCulture, $"restores state {of.Info.Spec.Name}: {100.0 * done / Math.Max(total, 1):0} % of {total} offsets"));
    }
}
