using System.Text;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Kafka;
using StreamEngine.Records;
using StreamEngine.State;

namespace StreamEngine.Stages.Tests.Kafka.Log;

/// <summary>That a task which commits nothing keeps noting how far its copies of states go, and one that has lost its pipeline doesn't.</summary>
public sealed class IdleBoundsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PipelineName pipeline = new($"idle-{Guid.NewGuid():N}");
    private readonly List<TemporaryFolder> folders = [];
    private readonly TestClock clock = new();
    private int asked;

    public void Dispose() => folders.ForEach(folder => folder.Dispose());

    [SkippableFact]
    public async Task Copies_of_a_task_that_commits_nothing_are_as_young_as_the_heartbeats_of_its_pipeline()
    {
        using ILocalStateStore states = NewStates(out _);
        using KafkaLog log = Open(states);
        StartId start = Start(log);
        using TestTask task = await BeginAsync(log, start);
        await CommitAsync(task, log);
        ILocalState copy = CopyOf(states, log);
        LocalStateBound before = copy.Bound!.Value;

        clock.Now += TimeSpan.FromHours(5);
        Await(() => log.Beat(pipeline, start) && copy.Bound!.Value.At == clock.Now.ToUnixTimeMilliseconds());
        Assert.Equal(log.Range(Changelog(log), 0).NextOffset, copy.Bound!.Value.Offset);
        Assert.True(copy.Bound!.Value.Offset > before.Offset);

        // A commit goes on as if nothing had been.
        await CommitAsync(task, log);
        Assert.True(copy.Bound!.Value.Offset >= log.Range(Changelog(log), 0).FirstOffset);
        Assert.Equal("1", Value(copy));
    }

    [SkippableFact]
    public async Task What_was_asked_is_not_noted_once_another_start_has_the_pipeline()
    {
        ILocalStateStore states = NewStates(out string folder);
        LocalStateBound before;
        string changelog;
        using (KafkaLog log = Open(states))
        {
            StartId start = Start(log);
            using TestTask task = await BeginAsync(log, start);
            await CommitAsync(task, log);
            Await(() => log.Beat(pipeline, start) && asked > 0);
            Await(() => log.Beat(pipeline, start) && CopyOf(states, log).Bound!.Value.Offset == log.Range(Changelog(log), 0).NextOffset);

            // Asked, and not noted yet.
            do
            {
                clock.Now += TimeSpan.FromHours(1);
                int until = asked + 1;
                Await(() => log.Beat(pipeline, start) && asked >= until);
            }
            while (CopyOf(states, log).Bound!.Value.At == clock.Now.ToUnixTimeMilliseconds());

            using ILocalStateStore others = NewStates(out _);
            using KafkaLog other = Open(others);
            StartId newer = Start(other);
            using TestTask second = await BeginAsync(other, newer);
            await CommitAsync(second, other);

            before = CopyOf(states, log).Bound!.Value;
            changelog = Changelog(log).Id;
            clock.Now += TimeSpan.FromHours(1);
            Assert.False(log.Beat(pipeline, start));
            Assert.True(before.Offset < other.Range(Changelog(other), 0).NextOffset);
        }

        using ILocalStateStore reopened = LocalStateStore.Open(folder);
        Assert.Equal(before, reopened.Open(changelog, 0).Bound);
    }

    private static void Await(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Patience), "it doesn't come");

    private ILocalStateStore NewStates(out string folder)
    {
        var made = new TemporaryFolder();
        folders.Add(made);
        return LocalStateStore.Open(folder = made.Path);
    }

    private KafkaLog Open(ILocalStateStore states) => KafkaLog.Open(new KafkaLogOptions
    {
        Client = new Dictionary<string, string> { ["bootstrap.servers"] = KafkaServers.Shared.Bootstrap },
        LocalState = states,
        Clock = clock,
        IdleBoundsInterval = TimeSpan.Zero,
        AtPoint = point => asked += point == "idle-asked" ? 1 : 0,
    });

    private StartId Start(KafkaLog log)
    {
        var start = StartId.New();
        log.ClaimHome(pipeline, start);
        Assert.True(log.WriteHome(pipeline, start, new byte[] { (byte)'1' }, log.ReadHome(pipeline)?.Version ?? 0));
        log.FenceTasks(pipeline, start, 1);
        return start;
    }

    private TopicInfo Changelog(KafkaLog log) => log.Find($"streamengine.{pipeline}.state.changelog")!;

    private ILocalState CopyOf(ILocalStateStore states, KafkaLog log) => states.Open(Changelog(log).Id, 0);

    private StateInfo State(KafkaLog log) => log.OpenState(pipeline, new StateSpec("state", "bytes", 1));

    private async Task<TestTask> BeginAsync(KafkaLog log, StartId start)
    {
        string letters = $"streamengine.{pipeline}.dead-letters";
        TopicInfo deadLetters = log.Find(letters) ?? log.Create(new TopicSpec(letters));
        StateInfo state = State(log);
        TestTask task = await new TestTask(log, new TaskClaim(new TaskId(pipeline, "copy", 0), start, new Generation(1), 1), deadLetters, [new SourcePartitionId("input", "0")]).BeginAsync();
        task.Session.RestoreStates([state], [0], _ => { });
        return task;
    }

    private Task CommitAsync(TestTask task, KafkaLog log)
    {
        var changes = new StateChanges(State(log));
        changes.Put(0, "key"u8, "1"u8);
        return task.CommitAsync(task.Seal() with { State = [changes] });
    }

    private static string? Value(ILocalState copy)
    {
        var value = new ByteWriter();
        return copy.TryRead("key"u8, value) ? Encoding.UTF8.GetString(value.Written) : null;
    }

    private sealed class TestClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
