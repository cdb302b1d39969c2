using StreamEngine.Diagnostics;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Tests.Settings;

/// <summary>The layers of settings: what wins, and where each value comes from.</summary>
public sealed class SettingsLayersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_command_line_wins_over_the_environment_that_over_files_and_later_files_over_earlier_ones()
    {
        var sources = new SettingsSources
        {
            Files =
            [
                File("a.conf", "stream-engine.pipeline { tasks.max = 3, commit.interval = 3s, commit.bytes = 3MB, state.cache = 3MB }"),
                File("b.conf", "stream-engine.pipeline { commit.interval = 4s, commit.bytes = 4MB, state.cache = 4MB }"),
            ],
            Environment = new Dictionary<string, string> { ["STREAMENGINE_PIPELINE_COMMIT_BYTES"] = "5MB", ["STREAMENGINE_PIPELINE_STATE_CACHE"] = "5MB" },
            Assignments = ["stream-engine.pipeline.state.cache=5MB", "stream-engine.pipeline.state.cache=6MB"],
        };

        PipelineSettings read = EngineSettings.Load(sources).Defaults;

        Assert.Equal((3, 4.0, 5_000_000, 6_000_000), (read.TasksMax, read.CommitInterval.TotalSeconds, read.CommitBytes, read.StateCacheBytes));
        Assert.Equal(
            [
                $"tasks.max = 3 ({folder.Path}/a.conf:1:38)",
                $"commit.interval = 4s ({folder.Path}/b.conf:1:44)",
                "commit.bytes = 5MB (environment variable STREAMENGINE_PIPELINE_COMMIT_BYTES)",
                "state.cache = 6MB (--set stream-engine.pipeline.state.cache)",
            ],
            read.Given.Select(given => $"{given.Key} = {given.Value} ({(given.Place.Origin.StartsWith("--set", StringComparison.Ordinal) ? given.Place.Origin : given.Place)})"));
    }

    [Theory]
    [InlineData("STREAMENGINE_PIPELINE_TASKS_MAX", "stream-engine.pipeline.tasks.max")]
    [InlineData("STREAMENGINE_LOG_EMBEDDED_WRITE__BUFFERS", "stream-engine.log.embedded.write-buffers")]
    [InlineData("STREAMENGINE_PIPELINES_BY___DAY_COMMIT_INTERVAL", "stream-engine.pipelines.by_day.commit.interval")]
    public void A_variable_s_name_says_the_key(string variable, string key) => Assert.Equal(key, string.Join('.', EnvironmentLayer.PathOf(variable)));

    [Fact]
    public void A_misspelt_variable_is_refused_and_one_that_is_somebody_else_s_is_left_alone()
    {
        EngineSettings.Load(new SettingsSources { Environment = new Dictionary<string, string> { ["STREAMENGINE_SERVICE_HOST"] = "10.0.0.1", ["STREAMENGINE_PORT"] = "tcp" } });

        string error = Assert.Throws<ProblemException>(() => EngineSettings.Load(
            new SettingsSources { Environment = new Dictionary<string, string> { ["STREAMENGINE_PIPELINE_TAKS_MAX"] = "3" } })).Message;

        Assert.StartsWith(
            "environment variable STREAMENGINE_PIPELINE_TAKS_MAX error SE1101: there is no setting stream-engine.pipeline.taks.max; did you mean stream-engine.pipeline.tasks.max?",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_substitution_sees_what_a_layer_above_has_put_in_its_place()
    {
        var sources = new SettingsSources
        {
            Files = [File("a.conf", "every = 1s, stream-engine.pipeline.commit.interval = ${every}, stream-engine.pipeline.stop.timeout = ${?STOP}")],
            Environment = new Dictionary<string, string> { ["STOP"] = "7s" },
            Assignments = ["every=2s"],
        };

        PipelineSettings read = EngineSettings.Load(sources).Defaults;

        Assert.Equal((2, 7), (read.CommitInterval.TotalSeconds, read.StopTimeout.TotalSeconds));
    }

    [Fact]
    public void A_secret_comes_from_the_environment_or_a_file_and_is_never_shown()
    {
        const string canary = "Host=db;Password=canary-7f3a";
        string file = File("secret", canary + "\n");
        string fromFile = File("a.conf", $"stream-engine.journal {{ kind = postgres, connection {{ file = \"{file}\" }} }}");
        string fromText = File("b.conf", $"stream-engine.journal {{ kind = postgres, connection = \"{canary}\" }}");
        foreach (string conf in new[] { fromFile, fromText })
        {
            EngineSettings settings = EngineSettings.Load(new SettingsSources { Files = [conf] });

            Assert.Equal(canary, settings.Journal.Connection.Reveal());
            Assert.DoesNotContain("canary", $"{settings.Journal}", StringComparison.Ordinal);
        }

        string missing = Assert.Throws<ProblemException>(() => EngineSettings.Parse("stream-engine.journal { kind = postgres, connection { file = /no/such } }", "test.conf")).Message;
        string unset = Assert.Throws<ProblemException>(() => EngineSettings.Parse("stream-engine.journal { kind = postgres, connection { env = NO_SUCH_VARIABLE } }", "test.conf")).Message;
        Assert.Contains("error SE1111: stream-engine.journal.connection: the file of the secret can't be read", missing, StringComparison.Ordinal);
        Assert.Contains("error SE1111: stream-engine.journal.connection: the environment has no variable NO_SUCH_VARIABLE", unset, StringComparison.Ordinal);
    }

    [Fact]
    public void A_former_name_still_works_and_is_said()
    {
        EngineSettings settings = EngineSettings.Parse("stream-engine.pipeline.internal-topics.keep-time = 3s", "test.conf");

        Assert.Equal(3, settings.Defaults.InternalTopics.KeepTime.TotalSeconds);
        Problem warning = Assert.Single(settings.Warnings);
        Assert.Equal((ProblemCodes.Deprecated, false, new SourcePlace("test.conf", 1, 1)), (warning.Code, warning.IsError, warning.Place));
    }

    [Fact]
    public void All_problems_are_said_in_one_pass_in_the_order_of_their_places()
    {
        string file = File("a.conf", """
            stream-engine {
              pipeline {
                taks.max = 2
                commit.interval = 5 fortnights
                commit.timeout = 10s
                errors.tolerance = som
                guarantee = 3
              }
              journal.kind = postgres
              log.embedded.cache = -1
              colour = blue
              pipelines.orders { tasks.max = 0, comit.interval = 1s }
            }
            """);

        IReadOnlyList<Problem> problems = Assert.Throws<ProblemException>(() => EngineSettings.Load(new SettingsSources { Files = [file] })).Problems;

        Assert.Equal(
            [
                (3, 5, ProblemCodes.Unknown), (4, 23, ProblemCodes.WrongType), (5, 22, ProblemCodes.Conflict), (6, 24, ProblemCodes.NoChoice), (7, 17, ProblemCodes.NoChoice),
                (9, 18, ProblemCodes.Missing), (10, 24, ProblemCodes.OutOfRange), (11, 3, ProblemCodes.Unknown), (12, 34, ProblemCodes.OutOfRange), (12, 37, ProblemCodes.Unknown),
            ],
            problems.Select(problem => (problem.Place.Line, problem.Place.Column, problem.Code)));
    }

    [Theory]
    [InlineData("akka.actor.serializers.x = y", "akka.actor.serializers.x is not passed on to Akka.NET")]
    [InlineData("akka.log-config-on-start = on", "it would print every secret")]
    [InlineData("akka.logleve = DEBUG", "did you mean akka.loglevel?")]
    public void Akka_takes_only_keys_that_are_allowed(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ProblemException>(() => EngineSettings.Parse(text, "test.conf")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_Akka_is_given_reaches_it()
    {
        EngineSettings settings = EngineSettings.Parse("akka.actor.ask-timeout = 7s", "test.conf");

        Assert.Equal(7, Akka.Configuration.ConfigurationFactory.ParseString(settings.Akka).GetTimeSpan("akka.actor.ask-timeout").TotalSeconds);
    }

    private string File(string name, string text)
    {
        string path = Path.Combine(folder.Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
