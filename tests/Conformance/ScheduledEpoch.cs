using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>An epoch of a random schedule on its way into a log, with what the model makes of it when it is committed.</summary>
internal sealed class ScheduledEpoch
{
    private readonly List<(int Topic, int Partition, TestRecord[] Records)> chunks = [];
    private readonly List<(int Partition, int Key, string? Value)> values = [];
    private readonly string? letter;
    private readonly bool hasStage;

    /// <summary>Fills the open epoch of a task with what a step says, and seals it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="step">The step.</param>
    /// <param name="topics">The topics by number.</param>
    /// <param name="state">The state.</param>
    /// <param name="unique">Gives another number at every call.</param>
    public ScheduledEpoch(TestTask task, Step step, TopicInfo[] topics, StateInfo state, Func<int> unique)
    {
        Task = task;
        foreach ((int topic, int partition, int count) in step.Outputs)
        {
            TestRecord[] records = [.. Enumerable.Range(0, count).Select(n => new TestRecord($"{n}", $"record {unique()}", n + 1, n == 2 ? "h=1" : ""))];
            chunks.Add((topic, partition, records));
            task.Write(topics[topic], partition, records);
        }

        var changes = new StateChanges(state);
        foreach ((int partition, int key, bool isDelete) in step.Changes)
        {
            string value = $"value {unique()}";
            values.Add((partition, key, isDelete ? null : value));
            if (isDelete) changes.Delete(partition, [(byte)key]);
            else changes.Put(partition, [(byte)key], Encoding.UTF8.GetBytes(value));
        }

        int number = unique();
        letter = step.Number % 5 == 0 ? $"letter {number}" : null;
        hasStage = step.Number % 4 == 0;
        EpochCommit commit = task.Seal((SourceOf(task.Claim.Task.Number), new Position($"into {step.Number}", $"at {number}")));
        Commit = commit with
        {
            State = [changes],
            Outputs = hasStage ? [.. commit.Outputs, new SealedStage("files", Encoding.UTF8.GetBytes($"{commit.Epoch}"), 1)] : commit.Outputs,
            DeadLetters = letter is null ? [] : [new DeadLetter("copy", "parse", null, number, 0, "Error", "bad") { Value = Encoding.UTF8.GetBytes(letter) }],
        };
    }

    public TestTask Task { get; }

    public EpochCommit Commit { get; }

    /// <summary>The source partition of a task.</summary>
    public static SourcePartitionId SourceOf(int task) => new("input", $"{task}");

    /// <summary>The records it has for a partition.</summary>
    public TestRecord[] RecordsFor(int topic, int partition) =>
        [.. chunks.Where(chunk => chunk.Topic == topic && chunk.Partition == partition).SelectMany(chunk => chunk.Records)];

    /// <summary>Takes the records into the model, behind what is there.</summary>
    public void ApplyRecords(LogModel model)
    {
        foreach ((int topic, int partition, TestRecord[] records) in chunks) model.Append(topic, partition, records);
    }

    /// <summary>Takes all the rest into the model.</summary>
    public void ApplyRest(LogModel model)
    {
        TaskClaim claim = Task.Claim;
        foreach ((int partition, int key, string? value) in values)
        {
            if (value is null) model.State.Remove((partition, key));
            else model.State[(partition, key)] = value;
        }

        model.Positions[claim.Task.Number] = Commit.Positions.Single() with { Epoch = Commit.Epoch };
        if (letter is not null) model.DeadLetters.Add(letter);
        if (hasStage) model.Unpublished.Add((claim.Task.Number, claim.Start, Commit.Epoch));
    }
}
