using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Pipelines;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Topics;

namespace StreamEngine.TestKit;

/// <summary>
/// Runs whole pipelines in milliseconds: on a log in memory and a clock that stands still until it is told to go on. No server, no disk.
/// </summary>
/// <remarks>
/// <para>
/// A test sends records to topics, lets the pipeline run, and looks at what it has committed. Nothing is committed by the time of the day:
/// <see cref="RunToEnd"/> reads all there is and commits each task once, so what it leaves is the same in every run; <see cref="Settle"/> keeps the
/// pipeline running for what the test does next. Both throw what made a pipeline fail.
/// </para>
/// <code>
/// var orders = Topic.Of&lt;string, Order&gt;("orders");
/// var counts = Topic.Of&lt;string, long&gt;("counts");
/// await using var kit = PipelineTestKit.For(p => p.From(orders).KeyBy(o => o.Country).Count(name: "by-country").To(counts));
///
/// kit.Send(orders, "1", new Order("NL", 10));
/// kit.Send(orders, "2", new Order("NL", 20));
/// await kit.RunToEnd();
///
/// Assert.Equal(2, kit.Table(counts)["NL"]);
/// </code>
/// <para>
/// The log outlives what runs on it: <see cref="Restart"/> begins again with another number of tasks or another definition, <see cref="Crash"/> ends
/// everything without a last commit, and the next run goes on from what is committed. Not thread-safe.
/// </para>
/// </remarks>
public sealed partial class PipelineTestKit : IAsyncDisposable
{
    private readonly PipelineTestOptions options;
    private readonly InMemoryLog log;
    private readonly Dictionary<string, TopicInput> inputs = [];
    private readonly string scope = KitSystem.NextScope();
    private readonly string dataFolder;
    private SerdeRegistry serdes;
    private int? tasks;
    private IReadOnlyList<PipelineDefinition> definitions = [];
    private IReadOnlyList<PipelineMessages.Spec> specs = [];

    private PipelineTestKit(PipelineTestOptions options, IReadOnlyList<(string Name, Action<PipelineBuilder> Define)> pipelines)
    {
        this.options = options;
        Clock = new VirtualClock(options.StartTime);
        log = new InMemoryLog(Clock);
        dataFolder = options.DataFolder ?? Path.Combine(Path.GetTempPath(), $"streamengine-{scope}{log.Id}");
        serdes = options.Serdes ?? new SerdeRegistry();
        tasks = options.Tasks;
        Define(pipelines);
    }

    /// <summary>The clock that the pipelines see.</summary>
    public VirtualClock Clock { get; }

    /// <summary>What the pipelines run on.</summary>
    public InMemoryLog Log => log;

    /// <summary>The plans in words, as <c>streamengine plan</c> shows them.</summary>
    public string Plan => string.Concat(specs.Select(spec => PlanText.Of(spec.Plan, spec.Settings)));

    /// <summary>Makes a kit for a pipeline.</summary>
    /// <param name="define">Defines it.</param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="Diagnostics.EngineException">The pipeline can't be planned, or a setting is wrong.</exception>
    public static PipelineTestKit For(Action<PipelineBuilder> define, PipelineTestOptions? options = null)
    {
        options ??= new PipelineTestOptions();
        return new PipelineTestKit(options, [(options.Name, define)]);
    }

    /// <summary>Makes a kit for pipelines that run together: what one writes another may read.</summary>
    /// <param name="options">How they run.</param>
    /// <param name="pipelines">Their names and definitions.</param>
    /// <exception cref="Diagnostics.EngineException">A pipeline can't be planned, or a setting is wrong.</exception>
    public static PipelineTestKit For(PipelineTestOptions options, params IReadOnlyList<(string Name, Action<PipelineBuilder> Define)> pipelines) =>
        new(options, pipelines);

    /// <summary>Appends a record to a topic, as a program outside does; a null value is a tombstone. The topic is made when there is none.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key; null for none.</param>
    /// <param name="value">The value.</param>
    /// <param name="eventTime">When the event happened; the clock's time when null.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="partition">Where it goes; the key's own partition when null.</param>
    public void Send<TKey, TValue>(
        Topic<TKey, TValue> topic, TKey key, TValue value, DateTimeOffset? eventTime = null, IEnumerable<RecordHeader>? headers = null, int? partition = null) =>
        InputOf(topic).Add(topic, ShapeOf(topic), key, value, Time(eventTime), RecordHeaders.Of([.. headers ?? []]), partition);

    /// <summary>Appends a record to a topic whose records have no keys; each goes to the next partition unless it is given.</summary>
    /// <inheritdoc cref="Send{TKey, TValue}(Topic{TKey, TValue}, TKey, TValue, DateTimeOffset?, IEnumerable{RecordHeader}?, int?)"/>
    public void Send<TValue>(
        Topic<NoKey, TValue> topic, TValue value, DateTimeOffset? eventTime = null, IEnumerable<RecordHeader>? headers = null, int? partition = null) =>
        Send(topic, default, value, eventTime, headers, partition);

    /// <summary>Appends a record without a value: the key is deleted. For values whose type has no null.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key.</param>
    /// <param name="eventTime">When it happened; the clock's time when null.</param>
    public void SendTombstone<TKey, TValue>(Topic<TKey, TValue> topic, TKey key, DateTimeOffset? eventTime = null) =>
        InputOf(topic).AddTombstone(topic, ShapeOf(topic), key, Time(eventTime));

    /// <summary>What is committed of a topic: partition by partition, each in the order of its offsets. Empty when there is no such topic.</summary>
    public IReadOnlyList<OutputRecord<TKey, TValue>> Output<TKey, TValue>(Topic<TKey, TValue> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        Deliver();
        return log.Find(topic.Spec.Name) is { } info ? TopicOutput.Read(log, info, ShapeOf(topic)) : [];
    }

    /// <summary>A topic as a table: the last value of each key, without the keys whose last record is a tombstone.</summary>
    public IReadOnlyDictionary<TKey, TValue> Table<TKey, TValue>(Topic<TKey, TValue> topic)
        where TKey : notnull
    {
        var table = new Dictionary<TKey, TValue>();
        foreach (OutputRecord<TKey, TValue> record in Output(topic).Where(record => record.HasKey))
        {
            if (record.IsTombstone) table.Remove(record.Key!);
            else table[record.Key!] = record.Value!;
        }

        return table;
    }

    /// <summary>The records that could not be processed, of all pipelines, in the order in which each has committed them.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters() =>
        [.. specs.Select(spec => log.Find(spec.Plan.DeadLetters.Name)).OfType<TopicInfo>().SelectMany(topic => TopicOutput.ReadDeadLetters(log, topic))];

    /// <summary>Lets time pass for the pipelines.</summary>
    /// <param name="time">How much.</param>
    public void Advance(TimeSpan time) => Clock.Advance(time);

    private void Define(IReadOnlyList<(string Name, Action<PipelineBuilder> Define)> pipelines)
    {
        var built = new List<PipelineDefinition>();
        foreach ((string name, Action<PipelineBuilder> define) in pipelines)
        {
            var builder = new PipelineBuilder(name, serdes);
            define(builder);
            built.Add(builder.Build(options.Folder));
        }

        definitions = built;
        Plans();
    }

    /// <summary>Plans the pipelines anew, since settings may have changed, and makes the topics that they read.</summary>
    private void Plans()
    {
        EngineRuntime.Options engine = EngineOptions();
        specs = [.. definitions.Select(definition => EngineRuntime.Spec(engine, definition))];
        Dictionary<string, TopicSpec> written = specs.SelectMany(spec => spec.Plan.TopicsWritten).DistinctBy(topic => topic.Name).ToDictionary(topic => topic.Name);
        foreach (TopicSpec read in definitions.SelectMany(definition => definition.Stages).OfType<SourceNode>().Select(node => node.Source).OfType<ITopicSource>().Select(source => source.Spec))
        {
            FindOrCreate(written.GetValueOrDefault(read.Name, read));
        }
    }

    private EngineRuntime.Options EngineOptions()
    {
        string own = string.Join('\n', definitions.Select(definition => tasks is null ? "" : $"stream-engine.pipelines.{definition.Name}.tasks.max = {tasks}"));
        const string Defaults = "stream-engine.pipeline { commit.interval = 1h, restarts { delay = 1ms, delay-max = 10ms } }";
        return new EngineRuntime.Options
        {
            Settings = EngineSettings.Parse($"{Defaults}\n{options.Settings}\n{own}", "the test kit's settings"),
            Log = log,
            DataFolder = dataFolder,
            JournalPath = null,
            Clock = Clock,
            Scope = scope,
        };
    }

    private TopicInput InputOf<TKey, TValue>(Topic<TKey, TValue> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (!inputs.TryGetValue(topic.Spec.Name, out TopicInput? input)) inputs[topic.Spec.Name] = input = new TopicInput(log, FindOrCreate(topic.Spec));
        return input;
    }

    private TopicInfo FindOrCreate(TopicSpec spec) => log.Find(spec.Name) ?? log.Create(spec);

    private StreamShape<TKey, TValue> ShapeOf<TKey, TValue>(Topic<TKey, TValue> topic) =>
        new(topic.KeySerde ?? serdes.For<TKey>(), topic.ValueSerde ?? serdes.For<TValue>());

    private long Time(DateTimeOffset? eventTime) => (eventTime ?? Clock.GetUtcNow()).ToUnixTimeMilliseconds();

    private void Deliver()
    {
        foreach (TopicInput input in inputs.Values) input.Deliver();
    }
}
