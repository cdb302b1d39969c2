using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.TestKit;

namespace StreamEngine.Conformance;

/// <summary>One attempt of a task that writes to sinks of a database, as a test drives it: it claims, fills epochs and commits them.</summary>
public sealed class SinkTask : IDisposable
{
    private readonly Dictionary<SinkDefinition<string, SinkValue>, (ISinkWriter Writer, Receiver<string, SinkValue> Encoder)> sinks = [];
    private readonly SourcePartitionId[] partitions;
    private readonly string folder;
    private readonly ILog log = new InMemoryLog();
    private readonly SinkStageContext context = new();

    public SinkTask(ICommitDatabase database, TaskClaim claim, string folder, params SourcePartitionId[] partitions)
    {
        this.partitions = partitions;
        this.folder = folder;
        Claim = claim;
        Session = database.OpenSession(claim);
    }

    public TaskClaim Claim { get; }

    public ICommitPoint Session { get; }

    /// <summary>The epoch it committed last, or found to be.</summary>
    public Epoch Last { get; private set; }

    /// <summary>Where its partitions resume, as it found them.</summary>
    public IReadOnlyList<CommittedPosition> Positions { get; private set; } = [];

    /// <summary>The records that the sinks' encoders refused, with the reasons.</summary>
    public List<string> Refused => context.Refused;

    /// <summary>Claims the partitions and reads where they resume.</summary>
    public async Task<SinkTask> BeginAsync()
    {
        await Session.ClaimAsync(partitions, CancellationToken.None);
        await Session.CheckStartAsync(CancellationToken.None);
        Positions = await Session.ReadPositionsAsync(partitions, CancellationToken.None);
        Last = Positions.Count == 0 ? Epoch.None : Positions.Max(position => position.Epoch);
        return this;
    }

    /// <summary>Writes records in the open epoch; a null value is a tombstone.</summary>
    public SinkTask Write(SinkDefinition<string, SinkValue> sink, params IEnumerable<(string Key, SinkValue? Value)> records)
    {
        Receiver<string, SinkValue> encoder = Open(sink).Encoder;
        foreach ((string key, SinkValue? value) in records)
        {
            var record = new Record<string, SinkValue>(key, value!, 0);
            encoder.Receive(ref record);
        }

        return this;
    }

    /// <summary>Closes the open epoch.</summary>
    public EpochCommit Seal(params DeadLetter[] letters)
    {
        Epoch epoch = Last.Next();
        var outputs = new List<SealedOutput>();
        foreach ((ISinkWriter writer, Receiver<string, SinkValue> encoder) in sinks.Values)
        {
            encoder.OnBarrier(epoch);
            if (writer.Seal(epoch) is { } output) outputs.Add(output);
        }

        CommittedPosition[] positions = [.. partitions.Select(partition => new CommittedPosition(partition, new Position("source", epoch.ToString()), Known(partition)))];
        return new EpochCommit(Claim, epoch, positions) { Outputs = outputs, DeadLetters = letters };
    }

    /// <summary>Commits an epoch and gives its memory back.</summary>
    public async Task CommitAsync(EpochCommit commit)
    {
        try
        {
            await Session.CommitAsync(commit, CancellationToken.None);
            Last = commit.Epoch;
        }
        finally
        {
            commit.Release();
        }
    }

    /// <summary>Closes the open epoch and commits it.</summary>
    public Task CommitAsync() => CommitAsync(Seal());

    public void Dispose()
    {
        foreach ((ISinkWriter writer, _) in sinks.Values) writer.Dispose();
        Session.Dispose();
        log.Dispose();
    }

    private Epoch Known(SourcePartitionId partition) => Last == Positions.Select(position => position.Epoch).DefaultIfEmpty(Epoch.None).Max()
        ? Positions.FirstOrDefault(position => position.Partition == partition)?.Epoch ?? Epoch.None
        : Last;

    private (ISinkWriter Writer, Receiver<string, SinkValue> Encoder) Open(SinkDefinition<string, SinkValue> sink)
    {
        if (sinks.TryGetValue(sink, out (ISinkWriter, Receiver<string, SinkValue>) open)) return open;
        ISinkWriter writer = sink.Open(new SinkContext("sink", folder, Claim, log, null, Session, TimeProvider.System));
        var shape = new StreamShape<string, SinkValue>(Serdes.String, new SerdeRegistry().For<SinkValue>());
        return sinks[sink] = (writer, sink.CreateEncoder(shape, writer, context, new ToWriter(writer)));
    }

    private sealed class ToWriter(ISinkWriter writer) : IElementOutput
    {
        public void Emit(Element element) => writer.Write(element);
    }
}
