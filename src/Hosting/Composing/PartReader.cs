using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Catalogue;
using StreamEngine.Records;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;
using StreamEngine.Settings.Options;
using StreamEngine.Transforms;

namespace StreamEngine.Hosting.Composing;

/// <summary>Reads blocks of pipelines: finds the component that each names, and checks its options.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="clusters">The Kafka clusters that they may name.</param>
internal sealed class PartReader(ProblemList problems, IReadOnlyDictionary<string, NamedCluster> clusters)
{
    private const string Connector = "connector";
    private const string Transform = "transform";
    private const string Stage = "stage";

    /// <summary>What every block may have.</summary>
    private static readonly string[] OfAll = [Connector, Stage];

    /// <summary>What the only source may have besides: settings of the engine that lie in its block.</summary>
    private static readonly string[] OfOnlySource = [Connector, Stage, "prefetch", "discovery"];

    private static readonly string[] OfTransforms = [Transform, Stage];

    private readonly OptionReading reading = new(problems) { Clusters = clusters };

    /// <summary>Reads a source's block; null when there is something wrong with it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="name">The name it has among others, which is that of its stage; null for the only one.</param>
    public Part<SourceConnector>? Source(HoconField block, string? name) => Read(
        block, name, Connector, StageCatalog.Sources, name is null ? OfOnlySource : OfAll, ProblemCodes.NoConnector,
        wanted => StageCatalog.Sinks.Any(sink => sink.Name == wanted) ? $"connector {wanted} writes, and doesn't read" : $"there is no connector {wanted} that reads");

    /// <summary>Reads a sink's block; null when there is something wrong with it.</summary>
    /// <inheritdoc cref="Source"/>
    public Part<SinkConnector>? Sink(HoconField block, string? name) => Read(
        block, name, Connector, StageCatalog.Sinks, OfAll, ProblemCodes.NoConnector,
        wanted => StageCatalog.Sources.Any(source => source.Name == wanted) ? $"connector {wanted} reads, and doesn't write" : $"there is no connector {wanted} that writes");

    /// <summary>Reads a transform's block; null when there is something wrong with it.</summary>
    /// <param name="block">The block.</param>
    public Part<TransformDefinition>? TransformOf(HoconField block) => Read(
        block, null, Transform, StageCatalog.Transforms, OfTransforms, ProblemCodes.NoTransform, wanted => $"there is no transform {wanted}");

    private Part<TComponent>? Read<TComponent>(
        HoconField field, string? name, string keyword, IReadOnlyList<TComponent> all, string[] others, string code, Func<string, string> unknown)
        where TComponent : ComponentDefinition
    {
        if (field.Value is not HoconObject block)
        {
            string what = keyword == Transform ? "a transform" : field.Name, form = field.Value is HoconArray ? "a list" : "a value";
            problems.Add(ProblemCodes.WrongForm, field.Value.Place, $"{what} is a block of options, and this is {form}", $"Write {{ {keyword} = NAME, ... }}.");
            return null;
        }

        int before = problems.Errors;
        TComponent? component = Find(block, keyword, all, code, unknown);
        string? stage = StageOf(block, name, field.KeyPlace, out SourcePlace stagePlace);
        if (component is null) return null;
        OptionBlock options = OptionBlock.Read(block, component.Options, reading, $"{component.Kind} {component.Name}", others);
        return problems.Errors == before ? new Part<TComponent>(component, options, block, stage, stagePlace) : null;
    }

    private TComponent? Find<TComponent>(HoconObject block, string keyword, IReadOnlyList<TComponent> all, string code, Func<string, string> unknown)
        where TComponent : ComponentDefinition
    {
        string names = string.Join(", ", all.Select(component => component.Name));
        if (!block.TryGet(keyword, out HoconField? field))
        {
            problems.Add(code, block.Place, $"the block doesn't say which {keyword} it is", $"Give {keyword} = one of {names}.");
            return null;
        }

        if (field.Value is not HoconScalar { Text: var wanted })
        {
            problems.Add(code, field.Value.Place, $"{keyword} is a name, and this is {(field.Value is HoconArray ? "a list" : "a block")}", $"Give one of {names}.");
            return null;
        }

        if (all.FirstOrDefault(component => component.Name == wanted) is { } found) return found;
        string near = NearestKey.Hint(wanted, all.Select(component => component.Name));
        problems.Add(code, field.Value.Place, $"{unknown(wanted)}{near}", $"There are {names}; connectors describe NAME tells of each.");
        return null;
    }

    private string? StageOf(HoconObject block, string? name, SourcePlace keyPlace, out SourcePlace place)
    {
        string? stage = name;
        place = name is null ? block.Place : keyPlace;
        if (block.TryGet(Stage, out HoconField? given))
        {
            place = given.Value.Place;
            stage = given.Value is HoconScalar scalar ? scalar.Text : "";
        }

        if (stage is null || NameRule.IsValid(stage)) return stage;
        problems.Add(
            ProblemCodes.BadStageName, place, $"'{stage}' can't name a stage",
            $"Letters, digits, '-' and '_' may be used, at most {NameRule.LengthMax} of them, a letter or digit first.");
        return null;
    }
}
