using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;
using StreamEngine.Settings.Options;
using StreamEngine.Transforms;

namespace StreamEngine.Hosting.Composing;

/// <summary>
/// Makes a pipeline of its block: sources flow together, go through the transforms in their order, and to every sink, or to those that a route chooses.
/// It goes on where something is wrong, so that all problems are found in one pass.
/// </summary>
internal sealed class PipelineComposer
{
    private readonly HoconObject block;
    private readonly ProblemList problems;
    private readonly PartReader reader;
    private readonly PipelineBuilder builder;
    private readonly SourcePlace place;

    private PipelineComposer(HoconField pipeline, IReadOnlyDictionary<string, NamedCluster> clusters, ProblemList problems)
    {
        block = (HoconObject)pipeline.Value;
        place = pipeline.KeyPlace;
        this.problems = problems;
        reader = new PartReader(problems, clusters);

        // What a pipeline hands to itself keeps the kinds of values: days stay days through an internal topic.
        builder = new PipelineBuilder(pipeline.Name, new SerdeRegistry().Use(DataSerdes.Exact));
    }

    /// <summary>Makes a pipeline.</summary>
    /// <param name="pipeline">Its name and its block, which is an object.</param>
    /// <param name="folder">The folder that relative paths of its sources count from.</param>
    /// <param name="clusters">The Kafka clusters that its sources and sinks may name.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns>The pipeline; what is in it is of no use if there are errors.</returns>
    public static PipelineDefinition Compose(
        HoconField pipeline, string folder, IReadOnlyDictionary<string, NamedCluster> clusters, ProblemList problems)
    {
        var composer = new PipelineComposer(pipeline, clusters, problems);
        composer.Run();
        return composer.builder.Build(folder);
    }

    private void Run()
    {
        DataStream? stream = Sources();
        (stream, Part<TransformDefinition>? routing, RouteTransform? route) = Transformed(stream);
        Sinks(stream, routing, route);
    }

    private DataStream? Sources()
    {
        List<(HoconField Field, string? Name)> fields = Fields("source", "sources", ProblemCodes.NoSource, "it reads nothing", "source { connector = topic, name = NAME }");
        DataStream?[] streams = [.. fields.Select(source => reader.Source(source.Field, source.Name) is { } part ? SourceOf(part) : null)];
        if (streams.Length == 0 || streams.Contains(null)) return null;
        if (streams.Length == 1) return streams[0];
        SourcePlace at = fields[0].Field.KeyPlace;
        try
        {
            return streams[0]!.Merge([.. streams[1..]!], null, new SourceLabel("merge", at.Origin, at.Line));
        }
        catch (EngineException e)
        {
            problems.Add(ProblemCodes.KeysDiffer, block.Find("sources")!.KeyPlace, e.Message, $"{e.Remedy} For a topic that is key.format = none.");
            return null;
        }
    }

    private DataStream? SourceOf(Part<SourceConnector> part) =>
        Try(part, () => part.Component.Create(part.Options)) is { } source
            ? Try(part, () => DataStream.From(builder, source, part.Stage, LabelOf(part)))
            : null;

    /// <summary>The stream behind the transforms, and the route that they end with, if they do.</summary>
    private (DataStream? Stream, Part<TransformDefinition>? Routing, RouteTransform? Route) Transformed(DataStream? stream)
    {
        Part<TransformDefinition>? routing = null;
        RouteTransform? route = null;
        foreach (HoconField field in TransformFields())
        {
            if (routing is not null)
            {
                problems.Add(ProblemCodes.BadOption, routing.Block.Place, "a route is followed by another transform, and what it decides is which sink a record goes to", "Make it the last one.");
                routing = null;
            }

            Part<TransformDefinition>? part = reader.TransformOf(field);
            Transform? transform = part is null ? null : Try(part, () => part.Component.Create(part.Options));
            route = transform as RouteTransform;
            if (route is not null) routing = part;

            // Behind one that is wrong, transforms are read all the same, but what they would say of the stream would mislead.
            stream = stream is null || transform is null ? null : Applied(stream, part!, transform);
        }

        return (stream, routing, route);
    }

    private DataStream? Applied(DataStream stream, Part<TransformDefinition> part, Transform transform)
    {
        if (!transform.NeedsKeys || stream.IsKeyed) return Try(part, () => transform.Apply(stream, part.Stage));
        problems.Add(
            ProblemCodes.NeedsKey, part.Block.Place, $"{transform.Kind} keeps something for each key, and the records before it are not together by a key",
            "Put a transform key before it: { transform = key, fields = [...] }.");
        return null;
    }

    private IEnumerable<HoconField> TransformFields()
    {
        if (!block.TryGet("transforms", out HoconField? transforms)) return [];
        if (HoconReading.TryList(transforms.Value, out IReadOnlyList<HoconValue>? items) && HoconReading.StrayIn(transforms.Value) is { } stray) problems.Add(OptionBlock.StrayItem("transforms", stray));
        if (items is not null) return items.Select(item => new HoconField("transforms", item, item.Place));
        return [new HoconField("transforms", transforms.Value, transforms.KeyPlace)];
    }

    private void Sinks(DataStream? stream, Part<TransformDefinition>? routing, RouteTransform? route)
    {
        List<(HoconField Field, string? Name)> fields = Fields("sink", "sinks", ProblemCodes.NoSink, "its records go nowhere", "sink { connector = topic, name = NAME }");
        if (route is not null) CheckRoute(routing!, route, fields);
        foreach ((HoconField field, string? name) in fields)
        {
            if (reader.Sink(field, name) is not { } part || Try(part, () => part.Component.Create(part.Options)) is not { } sink || stream is null) continue;
            if (route is not null && (name is null || !route.Targets.Contains(name))) continue;
            Try(part, () =>
            {
                DataStream branch = route?.Branch(stream, name!) ?? stream;
                branch.To(sink, part.Stage, LabelOf(part));
                return branch;
            });
        }
    }

    private void CheckRoute(Part<TransformDefinition> routing, RouteTransform route, List<(HoconField Field, string? Name)> sinks)
    {
        string[] names = [.. sinks.Select(sink => sink.Name).OfType<string>()];
        if (sinks.Any(sink => sink.Name is null))
        {
            problems.Add(ProblemCodes.NoSuchRoute, routing.Block.Place, "a route chooses among sinks by their names, and the pipeline has a single sink", "Write sinks { NAME { ... } }, a block for each.");
            return;
        }

        HashSet<string?> meant = [];
        foreach (string target in route.Targets.Except(names))
        {
            string? nearest = NearestKey.To(target, names);
            meant.Add(nearest);
            problems.Add(
                ProblemCodes.NoSuchRoute,
                TargetPlace(routing.Block, target) ?? routing.Block.Place,
                $"records are routed to {target}, and there is no such sink{(nearest is null ? "" : $"; did you mean {nearest}?")}",
                $"The sinks are {string.Join(", ", names)}.");
        }

        foreach ((HoconField field, string? name) in sinks.Where(sink => !route.Targets.Contains(sink.Name) && !meant.Contains(sink.Name)))
        {
            problems.Add(ProblemCodes.NoSuchRoute, field.KeyPlace, $"no record is routed to sink {name}", $"Name it in the route, as its otherwise perhaps, or take the sink out. Records go to {string.Join(", ", route.Targets)}.");
        }
    }

    /// <summary>Where a route names a sink: as the value of a value or of otherwise, or as the name of a pattern or a condition.</summary>
    private static SourcePlace? TargetPlace(HoconObject route, string target)
    {
        bool IsTarget(HoconField? field) => field?.Value is HoconScalar scalar && scalar.Text == target;
        HoconObject In(string option) => route.Find(option)?.Value as HoconObject ?? HoconObject.Empty;
        HoconField? named = In("patterns").Concat(In("when")).FirstOrDefault(field => field.Name == target);
        return named?.KeyPlace ?? In("values").Append(route.Find("otherwise")).FirstOrDefault(IsTarget)?.Value.Place;
    }

    /// <summary>The blocks of one kind: the only one, or several under their names.</summary>
    private List<(HoconField Field, string? Name)> Fields(string one, string several, string code, string lack, string example)
    {
        HoconField? only = block.Find(one), all = block.Find(several);
        if (only is not null && all is not null)
        {
            // The engine's own settings of sources may lie in a block that is no source.
            if (only.Value is HoconObject given && !given.TryGet("connector", out _)) only = null;
            else problems.Add(ProblemCodes.BothForms, all.KeyPlace, $"the pipeline has both {one} and {several}", $"Put the {one} into {several} under a name of its own, or take {several} out.");
        }

        var found = new List<(HoconField, string?)>();
        if (only is not null) found.Add((only, null));
        if (all is { Value: HoconObject named })
        {
            found.AddRange(named.Where(field => field.Value is HoconObject).Select(field => (field, (string?)field.Name)));
            if (named.FirstOrDefault(field => field.Value is not HoconObject) is { } loose)
            {
                problems.Add(
                    ProblemCodes.WrongForm, loose.KeyPlace, $"{several} holds a block for each {one} under its name, and {loose.Name} is none",
                    $"Write {several} {{ NAME {{ connector = ... }} }}; a single one is {one} {{ connector = ... }}.");
                return found;
            }
        }
        else if (all is not null)
        {
            problems.Add(ProblemCodes.WrongForm, all.Value.Place, $"{several} holds a block for each {one}, and no value", $"Write {several} {{ NAME {{ ... }} }}.");
            return found;
        }

        if (found.Count == 0 && !block.Any(SettingsCheck.IsMisspeltComponent)) problems.Add(code, all?.KeyPlace ?? place, $"the pipeline has no {one}: {lack}", $"Give it one: {example}.");
        return found;
    }

    /// <summary>Makes something of a block; null when that is refused, which becomes a problem at the option it is about.</summary>
    private TMade? Try<TComponent, TMade>(Part<TComponent> part, Func<TMade> make)
        where TComponent : ComponentDefinition
        where TMade : class
    {
        try
        {
            return make();
        }
        catch (OptionException e) when (e.Option == DataStream.StageOption)
        {
            problems.Add(ProblemCodes.BadStageName, part.StagePlace, e.Message, e.Remedy);
        }
        catch (OptionException e)
        {
            problems.Add(OptionProblem.Of(part.Block, part.Options.PlaceOf(e.Option), e, problems.LineAt));
        }
        catch (ArgumentException e)
        {
            problems.Add(ProblemCodes.BadStageName, part.StagePlace, e.Message, "Give one of them another name: stage = NAME.");
        }
        catch (EngineException e)
        {
            problems.Add(ProblemCodes.BadOption, part.Block.Place, e.Message, e.Remedy);
        }

        return null;
    }

    private static SourceLabel LabelOf<TComponent>(Part<TComponent> part)
        where TComponent : ComponentDefinition =>
        new(BlockText.Of(part.Block, part.Component.Options, "stage", "prefetch", "discovery"), part.Options.Place.File, part.Options.Place.Line);
}
