using Akka.Actor;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <content>What a task tells itself, and what the stages of its graph tell it.</content>
internal sealed partial class TaskActor
{
    private sealed record StepDone(Outcome Outcome);

    private sealed record Closed(object Report);

    private sealed record PositionFound(TaskMessages.AddPartition Add, CommittedPosition From);

    private sealed record PartitionsBegun(IReadOnlyList<CommittedPosition> Positions);

    private sealed record SourceAtBarrier(int Source, Epoch Epoch, IReadOnlyList<(int Partition, Position Position)> Moved);

    private sealed record SinkSealed(int Sink, Epoch Epoch, SealedOutput? Output);

    private sealed record SourceEnded(int Source);

    private sealed record StageFailed(string Stage, Exception Cause);

    private sealed record DrainOverdue(Epoch Epoch);

    private sealed class EpochFull
    {
        public static readonly EpochFull Instance = new();
    }

    private sealed class CloseTick
    {
        public static readonly CloseTick Instance = new();
    }

    /// <summary>Turns what stages tell into messages.</summary>
    private sealed class SelfEvents(IActorRef self, Action<SealedOutput> keep) : ITaskEvents
    {
        public void SourceAtBarrier(int source, Epoch epoch, IReadOnlyList<(int Partition, Position Position)> moved) => self.Tell(new SourceAtBarrier(source, epoch, moved));

        void ITaskEvents.SourceEnded(int source) => self.Tell(new SourceEnded(source));

        void ITaskEvents.SinkSealed(int sink, Epoch epoch, SealedOutput? output)
        {
            if (output is not null) keep(output);
            self.Tell(new SinkSealed(sink, epoch, output));
        }

        void ITaskEvents.EpochFull() => self.Tell(EpochFull.Instance);

        public void Failed(string stage, Exception error) => self.Tell(new StageFailed(stage, error));
    }
}
