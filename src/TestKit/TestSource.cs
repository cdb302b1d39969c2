using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>
/// A source that a test feeds: what it was given stays, so that a pipeline can read it again from any position, across restarts and crashes. A position
/// is the number of records before it.
/// </summary>
/// <typeparam name="TKey">The type of the keys; <see cref="NoKey"/> where records have none.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="name">Its name, which the stage is called by.</param>
/// <param name="partitions">How many partitions it has.</param>
/// <param name="canReplay">Whether it says that it can be read again; a pipeline that promises more than at-most-once refuses one that doesn't.</param>
/// <param name="serdes">How types become bytes; the usual serdes when null.</param>
/// <remarks>Thread-safe.</remarks>
public sealed class TestSource<TKey, TValue>(string name, int partitions = 1, bool canReplay = true, SerdeRegistry? serdes = null)
    : SourceDefinition<TKey, TValue>, ITestSource
{
    private readonly SerdeRegistry serdes = serdes ?? new SerdeRegistry();
    private readonly List<TestEntry>[] entries = [.. Enumerable.Range(0, partitions).Select(_ => new List<TestEntry>())];
    private readonly object gate = new();
    private Exception? failure;
    private int failures;

    /// <inheritdoc/>
    public override string Connector => "test";

    /// <inheritdoc/>
    public override string Target => $"test source {name}";

    /// <inheritdoc/>
    public override string Slug => name;

    /// <inheritdoc/>
    public override bool CanReplay => canReplay;

    /// <inheritdoc/>
    public override ISerde<TKey> KeySerde => serdes.For<TKey>();

    /// <inheritdoc/>
    public override ISerde<TValue> ValueSerde => serdes.For<TValue>();

    /// <summary>How often connecting or reading has failed because it was told to.</summary>
    public int Failures => Volatile.Read(ref failures);

    /// <summary>Adds a record; a null value is a tombstone.</summary>
    /// <param name="key">The key; null for none.</param>
    /// <param name="value">The value.</param>
    /// <param name="eventTime">When the event happened; 1970 when null.</param>
    /// <param name="partition">Where it goes.</param>
    public void Add(TKey key, TValue value, DateTimeOffset? eventTime = null, int partition = 0) => Add(partition, new TestEntry
    {
        Key = Bytes(key, KeySerde),
        Value = Bytes(value, ValueSerde),
        Timestamp = (eventTime ?? DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds(),
    });

    /// <summary>Adds what can't be read as a record: a broken line, say.</summary>
    /// <param name="raw">What stands there.</param>
    /// <param name="cause">What is wrong with it.</param>
    /// <param name="partition">Where it goes.</param>
    public void AddPoison(ReadOnlyMemory<byte> raw, Exception cause, int partition = 0) => Add(partition, new TestEntry { Value = raw.ToArray(), Cause = cause });

    /// <summary>From now on connecting to the source and reading from it fails with this; with null they work again.</summary>
    public void FailWith(Exception? error)
    {
        lock (gate)
        {
            failure = error;
            Monitor.PulseAll(gate);
        }
    }

    /// <inheritdoc/>
    public override ISource Open(SourceContext context) => new TestClient(this);

    IReadOnlyList<(string Partition, long End)> ITestSource.Ends()
    {
        lock (gate) return [.. entries.Select((list, number) => (number.ToString(CultureInfo.InvariantCulture), (long)list.Count))];
    }

    private void Add(int partition, TestEntry entry)
    {
        lock (gate)
        {
            entries[partition].Add(entry);
            Monitor.PulseAll(gate);
        }
    }

    private static byte[]? Bytes<T>(T value, ISerde<T> serde)
    {
        if (value is null or NoKey) return null;
        var writer = new ByteWriter();
        serde.Serialize(value, writer);
        return writer.Written.ToArray();
    }

    private void ThrowIfFailing()
    {
        lock (gate)
        {
            if (failure is null) return;
            failures++;
            throw failure;
        }
    }

    private sealed class TestClient(TestSource<TKey, TValue> source) : ISource
    {
        public void Connect() => source.ThrowIfFailing();

        public IReadOnlyList<SourcePartition> Partitions() =>
            [.. Enumerable.Range(0, source.entries.Length).Select(number => new SourcePartition(number.ToString(CultureInfo.InvariantCulture), number))];

        public Position Begin(SourcePartition partition) => source.At(0);

        public PositionCheck Check(SourcePartition partition, Position position) => position.Into == source.Target
            ? PositionCheck.Good
            : new PositionCheck($"the position points into {position.Into}, not into {source.Target}", "Keep the source's name.");

        public ISourceReader OpenReader(ChunkPool pool, int number) => new TestReader(source, pool, number);

        public void Dispose()
        {
        }
    }

    private Position At(long next) => new(Target, next.ToString(CultureInfo.InvariantCulture));

    private sealed class TestReader(TestSource<TKey, TValue> source, ChunkPool pool, int number) : ISourceReader
    {
        private readonly Dictionary<int, int> next = [];
        private Dictionary<int, int>? ends;
        private bool woken;

        public void Assign(SourcePartition partition, Position from) => next[partition.Index] = int.Parse(from.At, CultureInfo.InvariantCulture);

        public SourceItem? Poll(TimeSpan wait)
        {
            lock (source.gate)
            {
                if (TryRead() is { } read) return read;
                if (!woken) Monitor.Wait(source.gate, wait);
                woken = false;
                return TryRead();
            }
        }

        public void Finish()
        {
            lock (source.gate)
            {
                ends ??= Enumerable.Range(0, source.entries.Length).ToDictionary(partition => partition, partition => source.entries[partition].Count);
                Monitor.PulseAll(source.gate);
            }
        }

        public void Wake()
        {
            lock (source.gate)
            {
                woken = true;
                Monitor.PulseAll(source.gate);
            }
        }

        public void Dispose()
        {
        }

        private SourceItem? TryRead()
        {
            source.ThrowIfFailing();
            foreach (int partition in next.Keys.ToArray())
            {
                if (next[partition] < source.entries[partition].Count) return Read(partition);
                if (ends is null || !ends.TryGetValue(partition, out int end) || next[partition] < end) continue;
                ends.Remove(partition);
                return new SourceItem(partition, null, source.At(next[partition])) { IsEnd = true };
            }

            return null;
        }

        private SourceItem Read(int partition)
        {
            Element element = source.entries[partition][next[partition]].Cause is { } cause ? ReadPoison(partition, cause) : ReadChunk(partition);
            return new SourceItem(partition, element, source.At(next[partition]));
        }

        private Poison ReadPoison(int partition, Exception cause)
        {
            int at = next[partition]++;
            return new Poison(new Origin(number, partition, at), source.entries[partition][at].Value, cause);
        }

        private Chunk ReadChunk(int partition)
        {
            List<TestEntry> list = source.entries[partition];
            int at = next[partition];
            var builder = new ChunkBuilder(pool, partition);
            while (next[partition] < list.Count && list[next[partition]].Cause is null && !builder.IsFull)
            {
                TestEntry entry = list[next[partition]++];
                builder.Append(entry.Key, entry.Key is not null, entry.Value, entry.Value is not null, entry.Timestamp);
            }

            Chunk chunk = builder.Take()!;
            chunk.BaseOffset = at;
            return chunk;
        }
    }
}

/// <summary>What every test source has in common, whatever its types.</summary>
internal interface ITestSource
{
    /// <summary>Where its partitions end now.</summary>
    IReadOnlyList<(string Partition, long End)> Ends();
}

/// <summary>A record of a test source, or what can't be read as one.</summary>
internal sealed record TestEntry
{
    public byte[]? Key { get; init; }

    public byte[]? Value { get; init; }

    public long Timestamp { get; init; }

    /// <summary>Why it can't be read; null for a record.</summary>
    public Exception? Cause { get; init; }
}
