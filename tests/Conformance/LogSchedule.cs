using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>Runs a random schedule against a log and the model beside it.</summary>
internal sealed class LogSchedule : IDisposable
{
    private readonly string suffix = Guid.NewGuid().ToString("N")[..8];
    private readonly LogFactory factory;
    private readonly LogModel model = new();
    private readonly PipelineName pipeline;
    private readonly TopicInfo[] topics = new TopicInfo[LogModel.Topics];
    private readonly TopicInfo letters;
    private readonly TestTask?[] current = new TestTask?[LogModel.Tasks];
    private readonly int[] attempts = new int[LogModel.Tasks];
    private readonly List<TestTask> stale = [];
    private ILog log;
    private StateInfo state;
    private StartId start;
    private int made;

    public LogSchedule(LogFactory factory)
    {
        this.factory = factory;
        log = factory.Open();
        pipeline = new PipelineName($"schedule-{suffix}");
        Begin();
        for (int topic = 0; topic < LogModel.Topics; topic++) topics[topic] = MakeTopic(topic);
        letters = log.Create(new TopicSpec($"letters-{suffix}"));
        state = MakeState();
    }

    public async Task RunAsync(IEnumerable<Step> steps)
    {
        foreach (Step step in steps) await RunAsync(step);
        Compare();
    }

    public void Dispose() => log.Dispose();

    private async Task RunAsync(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Commit:
                ScheduledEpoch epoch = Fill(await TaskAsync(step.Task), step);
                await epoch.Task.CommitAsync(epoch.Commit);
                epoch.ApplyRecords(model);
                epoch.ApplyRest(model);
                break;
            case StepKind.CommitAtOnce:
                await CommitAtOnceAsync(step);
                break;
            case StepKind.CommitWrongEpoch:
                TestTask task = await TaskAsync(step.Task);
                EpochCommit wrong = Fill(task, step).Commit with { Epoch = new Epoch(task.Last.Value + new[] { 0, 2, 5 }[step.Number % 3]) };
                await RefusedAsync(task, () => wrong, RefusalReason.WrongEpoch);
                await AttemptAsync(step.Task);
                break;
            case StepKind.CommitStale when stale.Count > 0:
                TestTask old = stale[step.Number % stale.Count];
                await RefusedAsync(old, () => Fill(old, step).Commit, old.Claim.Start == start ? RefusalReason.NewerAttempt : RefusalReason.NewerStart);
                break;
            case StepKind.Drop:
                Fill(await TaskAsync(step.Task), step).Commit.Release();
                await AttemptAsync(step.Task);
                break;
            case StepKind.Attempt:
                await AttemptAsync(step.Task);
                break;
            case StepKind.Start:
                Begin();
                break;
            case StepKind.Reopen:
                Reopen();
                break;
            case StepKind.Publish when log.Unpublished(pipeline) is [var stage, ..]:
                log.NotePublished(stage);
                model.Unpublished.Remove((stage.Task.Number, stage.Start, stage.Epoch));
                break;
            case StepKind.Purge when factory.HasGaplessOffsets:
                Purge(step.Number % LogModel.Topics, step.Task % LogModel.Partitions, step.Number);
                break;
            case StepKind.MakeAnew:
                MakeAnew(step.Number % LogModel.Topics);
                break;
            case StepKind.Reset:
                Reset();
                break;
        }
    }

    private ScheduledEpoch Fill(TestTask task, Step step) => new(task, step, topics, state, () => made++);

    private async Task<TestTask> TaskAsync(int number) => current[number] ?? await AttemptAsync(number);

    private async Task<TestTask> AttemptAsync(int number)
    {
        if (current[number] is { } old) stale.Add(old);
        var claim = new TaskClaim(new TaskId(pipeline, "copy", number), start, new Generation(model.HomeVersion), ++attempts[number]) { Slot = number };
        TestTask task = await new TestTask(log, claim, letters, [ScheduledEpoch.SourceOf(number)]).BeginAsync();
        Assert.Equal(model.Positions[number] is { } position ? [position] : [], task.Positions);
        return current[number] = task;
    }

    private async Task CommitAtOnceAsync(Step step)
    {
        var epochs = new List<ScheduledEpoch>();
        for (int number = 0; number < LogModel.Tasks; number++)
        {
            // State and dead letters come from one task only, since their order among tasks is anybody's.
            Step own = number == step.Task ? step : step with { Changes = [], Number = 1 };
            epochs.Add(Fill(await TaskAsync(number), own));
        }

        await Task.WhenAll(epochs.Select(epoch => Task.Run(() => epoch.Task.CommitAsync(epoch.Commit))));

        foreach (ScheduledEpoch epoch in epochs) epoch.ApplyRest(model);
        for (int topic = 0; topic < LogModel.Topics; topic++)
        {
            for (int partition = 0; partition < LogModel.Partitions; partition++) AppendInTheirOrder(topic, partition, epochs);
        }
    }

    /// <summary>Takes over the order in which epochs lie in a partition; each lies there in its own order, and whole in a log that writes it at the commit.</summary>
    private void AppendInTheirOrder(int topic, int partition, List<ScheduledEpoch> epochs)
    {
        List<TestRecord> written = [.. Read(topics[topic], partition).Skip(model.Records[topic, partition].Count).Select(found => found.Record)];
        List<Queue<TestRecord>> expected = [.. epochs.Select(epoch => new Queue<TestRecord>(epoch.RecordsFor(topic, partition)))];
        Assert.Equal(expected.Sum(records => records.Count), written.Count);
        Queue<TestRecord>? begun = null;
        foreach (TestRecord record in written)
        {
            Queue<TestRecord>? next = expected.Find(records => records.TryPeek(out TestRecord? first) && first == record);
            Assert.True(next is not null, "a record lies before one of its epoch that was written earlier");
            if (factory.WritesAtCommit) Assert.True(next == begun || begun is not { Count: > 0 }, "an epoch lies in pieces");
            next.Dequeue();
            begun = next;
        }

        model.Append(topic, partition, written);
    }

    private static async Task RefusedAsync(TestTask task, Func<EpochCommit> commit, RefusalReason reason) =>
        Assert.Equal(reason, (await Assert.ThrowsAsync<CommitRefusedException>(() => task.CommitAsync(commit()))).Reason);

    private void Begin()
    {
        stale.AddRange(current.OfType<TestTask>());
        Array.Clear(current);
        Array.Clear(attempts);
        start = StartId.New();
        log.ClaimHome(pipeline, start);
        Assert.True(log.WriteHome(pipeline, start, System.Text.Encoding.UTF8.GetBytes(start.ToString()), model.HomeVersion));
        log.FenceTasks(pipeline, start, LogModel.Tasks);
        model.HomeVersion++;
        Assert.False(log.WriteHome(pipeline, StartId.New(), Array.Empty<byte>(), model.HomeVersion - 1));
    }

    private void Reopen()
    {
        if (factory.Reopen(log) is { } opened)
        {
            log = opened;
            stale.Clear();
            Array.Clear(current);
            Compare();
        }

        Begin();
    }

    private void Reset()
    {
        Begin();
        log.Clear(pipeline, start, []);
        model.Clear();
        topics[^1] = MakeTopic(LogModel.Topics - 1);
        state = MakeState();
    }

    private void MakeAnew(int topic)
    {
        log.Delete(topics[topic]);
        Assert.True(SpinWait.SpinUntil(() => log.Find(topics[topic].Name) is null, TimeSpan.FromSeconds(30)));
        topics[topic] = MakeTopic(topic);
        model.Empty(topic);
    }

    private void Purge(int topic, int partition, int number)
    {
        long first = log.Range(topics[topic], partition).FirstOffset;
        long before = first + (number % (model.Next[topic, partition] - first + 1));
        log.Purge(topics[topic], partition, before);
        long left = log.Range(topics[topic], partition).FirstOffset;
        Assert.InRange(left, first, before);
        model.Records[topic, partition].RemoveAll(found => found.Offset < left);
    }

    private TopicInfo MakeTopic(int topic) => log.Create(new TopicSpec(topic == LogModel.Topics - 1 ? $"streamengine.{pipeline}.topic-{topic}" : $"topic-{topic}-{suffix}", LogModel.Partitions)
    {
        Owner = topic == LogModel.Topics - 1 ? pipeline.Value : null,
    });

    private StateInfo MakeState() => log.OpenState(pipeline, new StateSpec("state", "bytes", LogModel.Partitions));

    private void Compare()
    {
        for (int topic = 0; topic < LogModel.Topics; topic++)
        {
            for (int partition = 0; partition < LogModel.Partitions; partition++)
            {
                List<(long Offset, TestRecord Record)> read = Read(topics[topic], partition);
                Assert.Equal(model.Records[topic, partition].Select(found => found.Record), read.Select(found => found.Record));
                if (!factory.HasGaplessOffsets) continue;
                Assert.Equal(model.Records[topic, partition], read);
                Assert.Equal(model.Next[topic, partition], log.Range(topics[topic], partition).NextOffset);
            }
        }

        Assert.Equal(model.DeadLetters, Read(letters, 0).Select(found => found.Record.Value));
        Assert.Equal(model.Positions.OfType<CommittedPosition>().ToHashSet(), log.Positions(pipeline).Select(found => found.Position).ToHashSet());
        Assert.Equal(model.Unpublished, log.Unpublished(pipeline).Select(stage => (stage.Task.Number, stage.Start, stage.Epoch)).ToHashSet());
        Assert.Equal([state], log.States(pipeline));
        for (int partition = 0; partition < LogModel.Partitions; partition++)
        {
            for (int key = 0; key < LogModel.Keys; key++) Assert.Equal(model.State.GetValueOrDefault((partition, key)), Value(partition, key));
        }

        HomeEntry home = log.ReadHome(pipeline)!;
        Assert.Equal((start, model.HomeVersion, start.Value), (home.Start, home.Version, Guid.Parse(System.Text.Encoding.UTF8.GetString(home.Record.Span))));
    }

    private string? Value(int partition, int key)
    {
        var value = new ByteWriter();
        return log.ReadState(state).TryRead(partition, [(byte)key], value) ? System.Text.Encoding.UTF8.GetString(value.Written) : null;
    }

    private List<(long Offset, TestRecord Record)> Read(TopicInfo topic, int partition)
    {
        var records = new List<(long, TestRecord)>();
        using ILogReader reader = log.OpenReader(new ChunkPool());
        reader.Assign(topic, partition, log.Range(topic, partition).FirstOffset);
        foreach (LogChunk read in reader.ToTheEnd(log, topic, partition, factory.VisibleAfter))
        {
            records.AddRange(TestRecord.In(read.Chunk));
            read.Chunk.Release();
        }

        return records;
    }
}
