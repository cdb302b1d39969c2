using System.Globalization;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>
/// One attempt of a task that copies its source, the numbers from <see cref="First"/> on, to a staged sink. Where it resumes is what the log holds;
/// what it writes goes through the sink's own encoder and writer.
/// </summary>
internal sealed class StagedTask : StagedParty
{
    private readonly SinkStageContext context = new();
    private readonly SourcePartitionId partition;
    private readonly ILogSession session;
    private readonly ISinkWriter writer;
    private readonly Receiver<string, long> encoder;
    private TaskProtocol protocol;
    private Epoch last;
    private long? next;

    public StagedTask(StagedPipeline pipeline, TaskClaim claim)
    {
        Claim = claim;
        partition = Partition(claim.Task.Number);
        session = pipeline.Log.OpenSession(claim, pipeline.DeadLetters);
        writer = pipeline.Definition.Open(new SinkContext(StagedPipeline.Stage, pipeline.Folder, claim, pipeline.Log, session, session, TimeProvider.System));
        var shape = new StreamShape<string, long>(Serdes.String, Serdes.Int64);
        encoder = pipeline.Definition.CreateEncoder(shape, writer, context, new ToWriter(writer));
        protocol = TaskProtocol.Begin(claim, stages: true, CommitOrder.Together);
        var sinks = new Dictionary<string, (IStagedSink, ISinkWriter)> { [StagedPipeline.Stage] = (pipeline.Sink, writer) };
        Runner = new TaskStepRunner(pipeline.Log, claim, pipeline.Folder, [partition], session, sinks, [], Worker);
    }

    public TaskClaim Claim { get; }

    public override Commits.Step? Next => protocol.Next;

    /// <summary>Why the attempt is over; null while it isn't.</summary>
    public TaskEnd? End => protocol.End;

    /// <summary>Whether it waits for the next epoch to be sealed.</summary>
    public bool IsRunning => protocol.IsRunning;

    /// <summary>Whether it knows where its source resumes, so that records may flow.</summary>
    public bool IsOpen => protocol.Positions is not null && End is null;

    protected override StepRunner Runner { get; }

    /// <summary>The first number of a task's source; no other task has numbers that near.</summary>
    public static long First(int task) => task * 1_000_000L;

    /// <summary>The source partition of a task.</summary>
    public static SourcePartitionId Partition(int task) => new("input", task.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes the source's next records in the open epoch.</summary>
    public StagedTask Write(int count)
    {
        Resume();
        for (int n = 0; n < count; n++)
        {
            var record = new Record<string, long>("key", next!.Value, 0);
            encoder.Receive(ref record);
            next++;
        }

        return this;
    }

    /// <summary>Closes the open epoch; the steps that commit and publish it come next.</summary>
    public StagedTask Seal()
    {
        Resume();
        Epoch epoch = last.Next();
        encoder.OnBarrier(epoch);
        SealedOutput? output = writer.Seal(epoch);
        var position = new CommittedPosition(partition, new Position("source", next!.Value.ToString(CultureInfo.InvariantCulture)), last);
        protocol = protocol.Seal(new EpochCommit(Claim, epoch, [position]) { Outputs = output is null ? [] : [output] });
        last = epoch;
        return this;
    }

    /// <summary>Writes an epoch, commits it and publishes it.</summary>
    public Task CommitAsync(int count) => Write(count).Seal().RunAsync();

    public override void Dispose()
    {
        writer.Dispose();
        session.Dispose();
        context.Chunks.Close();
        base.Dispose();
    }

    public override string ToString() => protocol.Describe();

    protected override void Apply(Outcome outcome) => protocol = protocol.Apply(outcome);

    private void Resume()
    {
        if (next is not null) return;
        CommittedPosition? found = protocol.Positions!.SingleOrDefault();
        last = found?.Epoch ?? Epoch.None;
        next = found is null ? First(Claim.Task.Number) : long.Parse(found.Position.At, CultureInfo.InvariantCulture);
    }

    private sealed class ToWriter(ISinkWriter writer) : IElementOutput
    {
        public void Emit(Element element) => writer.Write(element);
    }
}
