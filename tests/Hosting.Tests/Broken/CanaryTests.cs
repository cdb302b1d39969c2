using System.Text;
using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Catalogue;
using StreamEngine.Hosting.Checks;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Hosting.CommandLine.Config;
using StreamEngine.Hosting.Loading;
using StreamEngine.Planning;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Tests.Broken;

/// <summary>A secret is never shown, however it is given and whatever is wrong around it.</summary>
public sealed class CanaryTests : IDisposable
{
    private const string Variable = "STREAM_ENGINE_TESTS_HIDDEN";

    /// <summary>Ways to write a secret: CANARY is it, and a mistake is made in some of them.</summary>
    private static readonly string[] Ways =
    [
        "= CANARY", "= \"CANARY\"", "{ env = " + Variable + " }", "{ file = canary }", "= ${" + Variable + "}", "= \"\"\"CANARY\"\"\"", "=\n  \"CANARY\"", "= Host=db;Password=CANARY",
        "= \"Host=db;Database=shop;Password=CANARY\"", "= \"CANARY", "= [ CANARY ]", "= { password = CANARY }", "= { env = [ CANARY ] }", "{ fil = CANARY }", "= \"CANARY\\q\"", "= CANARY { a = 1 }",
        "= \"CANARY\" [ 1 ]", "=\n  \"CANARY\" [ 1 ]", "=\n  \"CANARY", "= CANARY@host", "+= CANARY", ": CANARY = 1", "= \"Host=CANARY;Port=many\"", "= ${NAME_IS_NOT_SET} CANARY",
    ];

    /// <summary>Ways that are HOCON, whatever they are worth.</summary>
    private static readonly string[] Readable = ["= CANARY", "= \"CANARY\"", "= [ CANARY ]", "{ file = canary }", "= \"\"\"CANARY\"\"\"", "=\n  \"CANARY\"", "= { password = CANARY }"];

    /// <summary>What else is wrong, or isn't.</summary>
    private static readonly string[] Around = ["", "guarantee = exactly-one", "tasks.max = many", "tasks { max = [ 1 ] }", "loging = 1", "}", "commit = 100ms", "gurantee = at-least-once"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void No_secret_is_in_anything_that_is_said_or_shown() => Gen.Select(OneOf(Ways), OneOf(Ways), OneOf(Ways), OneOf(Ways), OneOf("sasl.password", "ssl.key.pem", "ssl.keystore.password"), OneOf(Around), Canaries).Sample(
        (journal, sink, salt, kafka, password, around, canary) => Check(journal, sink, salt, kafka, password, around, "connection", "salt", canary),
        iter: PropertyRuns.Of(400),
        threads: 1);

    [Fact]
    public void A_secret_under_a_misspelt_name_is_none_the_less_one() => Gen.Select(
        OneOf(Readable), OneOf(Readable), OneOf(Readable), OneOf("sasl.pasword", "ssl.kei.pem", "sasl.oauthbearer.client.secrt"), OneOf("conection", "connections", "connecton"), OneOf("slat", "salts"), Canaries).Sample(
        (journal, sink, way, password, connection, saltName, canary) => Check(journal, sink, way, way, password, "", connection, saltName, canary),
        iter: PropertyRuns.Of(100),
        threads: 1);

    [Theory]
    [InlineData("sasl.password")]
    [InlineData("\"sasl.password\"")]
    [InlineData("ssl.key.pem")]
    [InlineData("\"ssl.key.pem\"")]
    [InlineData("ssl { keystore.password")]
    [InlineData("sasl.oauthbearer.config")]
    [InlineData("sasl.oauthbearer.client.secret")]
    public void Every_way_to_give_a_secret_that_is_right_is_shown_masked(string password)
    {
        string close = password.Contains('{', StringComparison.Ordinal) ? " }" : "";
        foreach (string way in (string[])["= \"Host=db;Database=shop;Password=CANARY\"", "{ env = " + Variable + " }", "{ file = canary }", "= ${" + Variable + "}"])
        {
            string shown = Check(way, way, way, $"= CANARY{close}", password, "", "connection", "salt", "cnry0123456789");
            Assert.DoesNotContain("error SE", shown, StringComparison.Ordinal);
            Assert.Contains(Secret.Mask, shown, StringComparison.Ordinal);
        }
    }

    private static Gen<string> Canaries { get; } = Gen.String[Gen.Char.AlphaNumeric, 12, 16].Select(random => $"cnry{random}");

    private static Gen<string> OneOf(params string[] all) => Gen.Int[0, all.Length - 1].Select(n => all[n]);

    /// <summary>All that is said and shown of a configuration, in which the canary must not be.</summary>
    private string Check(string journal, string sink, string salt, string kafka, string password, string around, string connection, string saltName, string canary)
    {
        string Planted(string way) => way.Replace("CANARY", canary, StringComparison.Ordinal);
        string hidden = $"Host=db;Database=shop;Password={canary}";
        Environment.SetEnvironmentVariable(Variable, hidden);
        File.WriteAllText(folder.Combine("canary"), hidden);
        string file = folder.Combine("case.conf");
        File.WriteAllText(file, $$"""
            stream-engine.journal {
              kind = postgres
              {{connection}} {{Planted(journal)}}
            }
            stream-engine.log.kafka.client {
              {{password}} {{Planted(kafka)}}
            }
            stream-engine.pipelines.orders {
              {{around}}
              source { connector = topic, name = in, value.format = jsn }
              transforms = [
                {
                  transform = mask, fields = [ email ], method = hash
                  {{saltName}} {{Planted(salt)}}
                }
              ]
              sink {
                connector = postgres, table = orders, columns { id = integer }
                {{connection}} {{Planted(sink)}}
              }
            }
            """.Replace(around.Length == 0 ? ", value.format = jsn" : "\u0001", "", StringComparison.Ordinal));
        string shown = Shown(file, canary);
        Assert.False(shown.Contains(canary, StringComparison.Ordinal), $"{File.ReadAllText(file)}\n\nshows\n\n{string.Join('\n', shown.Split('\n').Where(line => line.Contains(canary, StringComparison.Ordinal)))}");
        return shown;
    }

    private static string Shown(string file, string canary)
    {
        var environment = new Dictionary<string, string> { [Variable] = $"Host=db;Database=shop;Password={canary}" };
        var problems = new List<Problem>();
        var shown = new StringBuilder();
        try
        {
            var program = new HoconProgram(file);
            var settings = EngineSettings.Load(new SettingsSources { Files = program.SettingsFiles, Environment = environment }, program.FindProblems);
            IReadOnlyList<PipelineDefinition> pipelines = program.Load(settings);
            foreach ((bool isJson, bool hasOrigins) in (ReadOnlySpan<(bool, bool)>)[(false, false), (false, true), (true, false), (true, true)])
            {
                shown.Append(ConfigShow.TextOf(settings, pipelines, isJson, hasOrigins));
            }

            (PipelinePlan Plan, PipelineSettings Settings)[] plans = [.. pipelines.Select(settings.Plan)];
            foreach ((PipelinePlan plan, PipelineSettings set) in plans) shown.Append(PlanText.Of(plan, set));
            shown.Append(PlanMermaid.Of([.. plans.Select(plan => plan.Plan)]));
            shown.Append(Written(stream => PlanJson.Write(stream, plans)));
            problems.AddRange(settings.Warnings);
            problems.AddRange(PipelineCheck.Of(program, file, settings).Problems);
        }
        catch (ProblemException e)
        {
            problems.AddRange(e.Problems);
            shown.Append(e.Message).Append(e.Remedy);
        }

        shown.AppendJoin('\n', problems).Append(Written(stream => CheckCommand.WriteJson(stream, problems)));
        return shown.Append(string.Concat(StageCatalog.All.Select(ComponentText.Of))).Append(ComponentJson.Of(StageCatalog.All, isWhole: true)).ToString();
    }

    private static string Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
