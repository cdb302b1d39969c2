using System.Reflection;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;
using StreamEngine.Tests.Pipelines;

namespace StreamEngine.Tests.Settings;

/// <summary>The reference and what is given over it: every key is read, no key is read that isn't there, and what is wrong is said.</summary>
public sealed class EngineSettingsTests
{
    public static TheoryData<string> Keys => [.. Known()];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_key_of_the_reference_is_read(string key)
    {
        // No setting takes an empty list, so whoever reads the key refuses it, by its name.
        ProblemException error = Assert.Throws<ProblemException>(() => EngineSettings.Parse($"{key} = []", "test.conf"));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_alone_can_be_read()
    {
        EngineSettings settings = EngineSettings.Load();

        Assert.Equal(Guarantee.ExactlyOnce, settings.Defaults.Guarantee);
        Assert.Equal(TimeSpan.FromMilliseconds(100), settings.Defaults.CommitInterval);
        Assert.False(settings.Defaults.Errors.Tolerates);
        Assert.False(settings.Journal.IsPostgres);
        Assert.Equal(TimeSpan.Zero, settings.Checkpoints.Interval);
    }

    [Fact]
    public void Every_setting_has_the_value_that_is_given_for_it()
    {
        var given = new Dictionary<string, string>
        {
            ["guarantee"] = "at-least-once", ["tasks.max"] = "7", ["commit.interval"] = "11ms", ["commit.timeout"] = "15s", ["commit.bytes"] = "13kB",
            ["drain.timeout"] = "14s", ["stop.timeout"] = "15s", ["errors.tolerance"] = "all", ["errors.retries"] = "16", ["errors.delay"] = "17ms",
            ["errors.delay-max"] = "18ms", ["restarts.max"] = "19", ["restarts.same-max"] = "20", ["restarts.delay"] = "21ms", ["restarts.delay-max"] = "22ms",
            ["restarts.forget-after"] = "23s", ["internal-topics.partitions"] = "24", ["internal-topics.bytes-max"] = "28kB", ["internal-topics.retention.time"] = "26s",
            ["internal-topics.retention.bytes"] = "27kB", ["internal-topics.purge.interval"] = "28ms", ["state.cache"] = "29kB", ["source.prefetch"] = "30kB",
            ["source.discovery"] = "31s", ["staged.records"] = "32", ["staged.bytes"] = "33kB", ["staged.age"] = "34s", ["staged.idle-commit"] = "35s",
        };
        Assert.Equal(Known().Where(key => key.StartsWith("stream-engine.pipeline.", StringComparison.Ordinal)).Select(key => key["stream-engine.pipeline.".Length..]).Order(), given.Keys.Order());

        PipelineSettings read = EngineSettings.Parse($"stream-engine.pipeline {{ {string.Join(", ", given.Select(entry => $"{entry.Key} = {entry.Value}"))} }}", "test.conf").Defaults;

        Assert.Equal(
            "AtLeastOnce 7 11 15000 13000 14000 15000 True 16 17 18 19 20 21 22 23000 24 28000 26000 27000 28 29000 30000 31000 32 33000 34000 35000",
            string.Join(' ', Values(read)));
    }

    [Theory]
    [InlineData("stream-engine.pipeline.commit.intervall = 1s", "stream-engine.pipeline.commit.interval")]
    [InlineData("stream-engine.pipeline.task.max = 1", "stream-engine.pipeline.tasks.max")]
    [InlineData("stream-engine.pipelines.sales.erors.tolerance = all", "stream-engine.pipelines.sales.errors.tolerance")]
    [InlineData("stream-engine { journal { kindd = sqlite } }", "stream-engine.journal.kind")]
    public void An_unknown_key_is_refused_with_the_nearest_there_is(string text, string nearest)
    {
        ProblemException error = Assert.Throws<ProblemException>(() => EngineSettings.Parse(text, "test.conf"));

        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.StartsWith("test.conf:1:", error.Message, StringComparison.Ordinal);
        Assert.Contains($" error SE1101: there is no setting ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"; did you mean {nearest}?\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_like_no_other_is_refused_without_a_guess()
    {
        ProblemException error = Assert.Throws<ProblemException>(() => EngineSettings.Parse("stream-engine.colour = blue", "test.conf"));

        Assert.StartsWith("test.conf:1:1 error SE1101: there is no setting stream-engine.colour\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_the_user_s_own_are_left_alone_unless_they_were_meant_to_be_ours()
    {
        EngineSettings settings = EngineSettings.Parse("every = 3s, stream-engine.pipeline.commit.interval = ${every}", "test.conf");

        Assert.Equal(TimeSpan.FromSeconds(3), settings.Defaults.CommitInterval);
        Assert.Contains("did you mean stream-engine?", Assert.Throws<ProblemException>(() => EngineSettings.Parse("streamengine.pipeline.tasks.max = 1", "test.conf")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stream-engine.pipeline.tasks.max = many", "tasks.max")]
    [InlineData("stream-engine.pipeline.tasks.max = 0", "tasks.max")]
    [InlineData("stream-engine.pipeline.tasks.max = 1025", "tasks.max")]
    [InlineData("stream-engine.pipeline.tasks.max = 1.5", "tasks.max")]
    [InlineData("stream-engine.pipeline.tasks.max = -1", "tasks.max")]
    [InlineData("stream-engine.pipeline.commit.interval = soon", "commit.interval")]
    [InlineData("stream-engine.pipeline.commit.interval = infinite", "commit.interval")]
    [InlineData("stream-engine.pipeline.commit.interval = -1s", "commit.interval")]
    [InlineData("stream-engine.pipeline.commit.bytes = much", "commit.bytes")]
    [InlineData("stream-engine.pipeline.commit.bytes = 16XB", "commit.bytes")]
    [InlineData("stream-engine.pipeline.commit.bytes = -1", "commit.bytes")]
    [InlineData("stream-engine.pipeline.guarantee = twice", "guarantee")]
    [InlineData("stream-engine.pipeline.errors.tolerance = some", "errors.tolerance")]
    [InlineData("stream-engine.pipeline.commit = 100ms", "commit")]
    [InlineData("stream-engine.log.kind = paper", "log.kind")]
    [InlineData("stream-engine.journal.kind = postgres", "journal.connection")]
    [InlineData("stream-engine.checkpoints.keep = 0", "checkpoints.keep")]
    [InlineData("stream-engine.logging.level = loud", "logging.level")]
    public void A_value_that_cannot_be_is_refused_with_its_key(string text, string key)
    {
        ProblemException error = Assert.Throws<ProblemException>(() => EngineSettings.Parse(text, "test.conf"));

        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.Contains("test.conf", error.Message, StringComparison.Ordinal);
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void What_a_file_says_for_a_pipeline_wins_over_its_code_and_that_over_the_defaults()
    {
        EngineSettings settings = EngineSettings.Parse("stream-engine { pipeline.tasks.max = 3, pipelines.sales.commit.interval = 7ms }", "test.conf");
        PipelineDefinition sales = Pipeline("sales").Set("commit.interval", "9ms").Set("errors.tolerance", "all").Build(".");

        PipelineSettings read = settings.For(sales);

        Assert.Equal(3, read.TasksMax);
        Assert.Equal(TimeSpan.FromMilliseconds(7), read.CommitInterval);
        Assert.True(read.Errors.Tolerates);
        Assert.Equal(TimeSpan.FromMilliseconds(9), settings.For(Pipeline("other").Set("commit.interval", "9ms").Build(".")).CommitInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(100), settings.For(Pipeline("third").Build(".")).CommitInterval);
    }

    [Fact]
    public void A_setting_in_code_is_checked_like_one_in_a_file()
    {
        EngineSettings settings = EngineSettings.Load();

        EngineException unknown = Assert.Throws<ProblemException>(() => settings.For(Pipeline("sales").Set("task.max", "2").Build(".")));
        EngineException wrong = Assert.Throws<ProblemException>(() => settings.For(Pipeline("sales").Set("tasks.max", "many").Build(".")));
        EngineException quoted = Assert.Throws<ProblemException>(() => settings.For(Pipeline("sales").Set("guarantee", "\"\ntasks.max = 7 \\").Build(".")));

        Assert.Contains("did you mean stream-engine.pipelines.sales.tasks.max?", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("pipeline sales", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("guarantee", quoted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_and_one_that_is_no_HOCON_are_said_so()
    {
        Assert.Contains("/no/such.conf", Assert.Throws<ProblemException>(() => EngineSettings.Load(new SettingsSources { Files = ["/no/such.conf"] })).Message, StringComparison.Ordinal);
        Assert.Contains("test.conf", Assert.Throws<ProblemException>(() => EngineSettings.Parse("stream-engine.journal.connection = ${nowhere}", "test.conf")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_of_the_reference_is_defined_by_reading_it() =>
        Assert.Equal(Leaves(SettingsReference.Root, "").Where(key => key is not ("stream-engine.pipelines" or "stream-engine.clusters")).Order(), Known().Order());

    private static IEnumerable<string> Leaves(HoconObject block, string prefix) => block.SelectMany(field =>
        field.Value is HoconObject { Count: > 0 } inner ? Leaves(inner, $"{prefix}{field.Name}.") : [$"{prefix}{field.Name}"]);

    private static PipelineBuilder Pipeline(string name)
    {
        var pipeline = new PipelineBuilder(name);
        pipeline.From(new FakeSystem().AsSource()).To(Topic.Of<string, string>("out"));
        return pipeline;
    }

    private static IEnumerable<string> Known() => EngineSettings.Load().Catalog.Definitions.Keys;

    /// <summary>All values of a record of settings, in the order they are declared; durations in milliseconds.</summary>
    private static IEnumerable<string> Values(object settings)
    {
        foreach (PropertyInfo property in settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.Name != nameof(PipelineSettings.Given)))
        {
            object value = property.GetValue(settings)!;
            if (value is TimeSpan time) yield return $"{time.TotalMilliseconds}";
            else if (value.GetType().Namespace!.StartsWith("StreamEngine", StringComparison.Ordinal) && !value.GetType().IsEnum)
            {
                foreach (string inner in Values(value)) yield return inner;
            }
            else yield return $"{value}";
        }
    }
}
