using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Hosting.Catalogue;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>What connectors and transforms say of themselves.</summary>
public sealed class CatalogueTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Components
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (ComponentDefinition component in StageCatalog.All) all.Add(component.Kind, component.Name);
            return all;
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Components))]
    public void The_example_of_a_component_can_be_composed(string kind, string name)
    {
        string example = Find(kind, name).Example.Replace("${", "${?", StringComparison.Ordinal);
        string source = kind == "source" ? example : "source { connector = topic, name = in }";
        string transforms = kind == "transform" ? $"transforms = [{(name == "aggregate" ? "{ transform = key, fields = [id] }, " : "")}{example}]" : "";
        string sink = kind == "sink" ? example : name == "route" ? "sinks { large { connector = topic, name = a }, foreign { connector = topic, name = b }, rest { connector = topic, name = c } }" : "sink { connector = topic, name = out }";
        string file = folder.Combine("example.conf");
        File.WriteAllText(file, $"MASK_SALT = x, SHOP_DB = \"Host=nowhere\"\nstream-engine.clusters.east.client.bootstrap.servers = \"nowhere:9092\"\nstream-engine.pipelines.example {{\n{source}\n{transforms}\n{sink}\n}}\n");
        Assert.Equal("", HoconRun.Problems(file));
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void A_component_is_described_completely(string kind, string name)
    {
        ComponentDefinition component = Find(kind, name);
        Assert.Matches("^[a-z][a-z0-9-]*$", component.Name);
        Assert.EndsWith(".", component.Summary, StringComparison.Ordinal);
        Check(component.Options);
        string text = ComponentText.Of(component);
        Assert.All(component.Options, option => Assert.Contains($"    {option.Name} (", text, StringComparison.Ordinal));
        Assert.All(text.Split('\n').Where(line => !line.Contains(" (", StringComparison.Ordinal) && !line.Contains('{', StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 100));
        JsonElement json = JsonDocument.Parse(ComponentJson.Of([component], isWhole: true)).RootElement[0];
        Assert.Equal(component.Options.Select(option => option.Name), json.GetProperty("options").EnumerateArray().Select(option => option.GetProperty("name").GetString()));
    }

    [Fact]
    public void No_two_components_of_a_kind_have_one_name() =>
        Assert.Equal(StageCatalog.All.Count, StageCatalog.All.Select(component => (component.Kind, component.Name)).Distinct().Count());

    [Fact]
    public void Secrets_of_components_are_masked_by_their_definitions_wherever_they_stand()
    {
        string file = folder.Combine("secret.conf");
        File.WriteAllText(
            file,
            """
            stream-engine.pipelines.p {
              source { connector = topic, name = in }
              transforms = [{ transform = mask, fields = [a], method = hash, salt = canary-1 }, { transform = filter, where = "a = 'shown'" }]
              sinks { one { connector = postgres, connection = "Host=canary-2", table = t, columns { a = text } }, two { connector = topic, name = shown-too } }
            }
            """);
        var settings = EngineSettings.Load(new SettingsSources { Files = [file] });
        string shown = HoconWriter.ToHocon(settings.Resolved, new HoconRendering { IsSecret = SecretPaths.Of(settings, SecretOptions.Has) });
        Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
        Assert.Contains("a = 'shown'", shown, StringComparison.Ordinal);
        Assert.Contains("shown-too", shown, StringComparison.Ordinal);
    }

    private static ComponentDefinition Find(string kind, string name) => StageCatalog.All.Single(component => component.Kind == kind && component.Name == name);

    private static void Check(IReadOnlyList<OptionDefinition> options)
    {
        Assert.Equal(options.Count, options.Select(option => option.Name).Distinct().Count());
        Assert.All(options, option =>
        {
            Assert.EndsWith(".", option.Meaning, StringComparison.Ordinal);
            Assert.False(option.IsRequired && option.Default is not null, $"{option.Name} is required and has a default");
            Assert.Equal(option.Type is OptionType.List or OptionType.Map, option.Item is not null && option.Type != OptionType.Object);
            Assert.Equal(option.Type == OptionType.Choice, option.Choices.Count > 0);
            Check(option.Options);
            Check(option.Item?.Options ?? []);
        });
    }
}
