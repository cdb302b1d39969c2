using System.Text;
using Akka.Actor;
using StreamEngine.Checkpoints;

namespace StreamEngine.Tests.Checkpoints;

/// <summary>What journals hold already: a manifest and its fields stay what they are. Add a manifest or a field; don't edit what stands here.</summary>
public sealed class JournalSerializerTests_Frozen : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly CheckpointEntry Entry = new("20260102-030405-000", At, "log1", 7, 99, [new CheckpointPosition("sales", "copy", "orders", "0", "12")]);

    private readonly ActorSystem system = ActorSystem.Create("journal", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly JournalSerializer serializer;

    public JournalSerializerTests_Frozen() => serializer = new JournalSerializer((ExtendedActorSystem)system);

    public static TheoryData<string, string> Events => new()
    {
        { "pipeline-defined", """{"pipeline":"sales","guarantee":"exactly-once","plan":"copy","at":"2026-01-02T03:04:05+00:00"}""" },
        { "pipeline-desired", """{"runs":false,"at":"2026-01-02T03:04:05+00:00"}""" },
        { "pipeline-started", """{"start":"s1","generation":3,"tasks":2,"at":"2026-01-02T03:04:05+00:00"}""" },
        { "pipeline-ended", """{"start":"s1","completed":true,"at":"2026-01-02T03:04:05+00:00"}""" },
        { "task-failed", """{"task":"sales/copy/0","attempt":2,"cause":"no","at":"2026-01-02T03:04:05+00:00"}""" },
        { "pipeline-failed", """{"cause":"no","remedy":"mend it","at":"2026-01-02T03:04:05+00:00"}""" },
        {
            "checkpoint-taken",
            """{"checkpoint":{"id":"20260102-030405-000","at":"2026-01-02T03:04:05+00:00","log":"log1","commit":7,"bytes":99,"positions":[{"pipeline":"sales","subgraph":"copy","source":"orders","partition":"0","at":"12"}]}}"""
        },
        { "checkpoint-removed", """{"id":"20260102-030405-000","at":"2026-01-02T03:04:05+00:00"}""" },
        {
            "pipeline-history",
            """{"defined":{"pipeline":"sales","guarantee":"exactly-once","plan":"copy","at":"2026-01-02T03:04:05+00:00"},"runs":true,"starts":[{"start":"s1","generation":3,"tasks":2,"at":"2026-01-02T03:04:05+00:00"}],"taskFailures":[],"failure":{"cause":"no","remedy":"mend it","at":"2026-01-02T03:04:05+00:00"}}"""
        },
        { "engine-history", """{"pipelines":["sales"],"checkpoints":[]}""" },
    };

    public void Dispose() => system.Dispose();

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_written_as_it_always_was_and_read_from_that(string manifest, string json)
    {
        JournalEvent happened = Sample(manifest);

        Assert.Equal(manifest, serializer.Manifest(happened));
        Assert.Equal(json, Encoding.UTF8.GetString(serializer.ToBinary(happened)));
        Assert.Equal(json, Encoding.UTF8.GetString(serializer.ToBinary(serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest))));
    }

    [Fact]
    public void Every_kind_of_event_has_its_manifest_and_every_manifest_stands_here()
    {
        IEnumerable<string> frozen = Events.Select(row => (string)((object?[])row)[0]!);
        IEnumerable<Type> kinds = typeof(JournalEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JournalEvent)));

        Assert.Equal(frozen.Order(), JournalSerializer.KnownManifests.Order());
        Assert.Equal(kinds.Select(kind => kind.Name).Order(), frozen.Select(manifest => Sample(manifest).GetType().Name).Order());
    }

    [Fact]
    public void A_field_that_a_newer_build_has_added_does_no_harm()
    {
        object read = serializer.FromBinary("""{"runs":false,"at":"2026-01-02T03:04:05+00:00","by":"somebody"}"""u8.ToArray(), "pipeline-desired");

        Assert.Equal(new PipelineDesired(false, At), read);
    }

    [Theory]
    [InlineData("pipeline-renamed")]
    [InlineData("System.IO.FileInfo, System.Private.CoreLib")]
    [InlineData("")]
    public void An_unknown_manifest_is_refused_and_named(string manifest)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => serializer.FromBinary("{}"u8.ToArray(), manifest));

        Assert.Contains($"'{manifest}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("a newer version wrote it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_event_is_not_written() => Assert.Throws<ArgumentException>(() => serializer.ToBinary("text"));

    private static JournalEvent Sample(string manifest) => manifest switch
    {
        "pipeline-defined" => new PipelineDefined("sales", "exactly-once", "copy", At),
        "pipeline-desired" => new PipelineDesired(false, At),
        "pipeline-started" => new PipelineStarted("s1", 3, 2, At),
        "pipeline-ended" => new PipelineEnded("s1", true, At),
        "task-failed" => new TaskFailed("sales/copy/0", 2, "no", At),
        "pipeline-failed" => new PipelineFailed("no", "mend it", At),
        "checkpoint-taken" => new CheckpointTaken(Entry),
        "checkpoint-removed" => new CheckpointRemoved(Entry.Id, At),
        "pipeline-history" => new PipelineHistory
        {
            Defined = new PipelineDefined("sales", "exactly-once", "copy", At),
            Starts = [new PipelineStarted("s1", 3, 2, At)],
            Failure = new PipelineFailed("no", "mend it", At),
        },
        "engine-history" => new EngineHistory { Pipelines = ["sales"] },
        _ => throw new ArgumentOutOfRangeException(nameof(manifest), manifest, "no sample"),
    };
}
