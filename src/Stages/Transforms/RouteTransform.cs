using System.Text.RegularExpressions;
using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Operators;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>
/// Decides for each record which sink it goes to. It is the last transform: <see cref="Apply"/> adds the stage that decides, and <see cref="Branch"/> what of it
/// goes to one sink.
/// </summary>
public sealed class RouteTransform : Transform, IOperatorMaker
{
    private const string DropWord = "drop";
    private const string FailWord = "fail";

    private const int DecisionsMax = 2048;

    /// <summary>
    /// What was decided on the records that this thread was at lately, by their offsets: a branch gets them in chunks, behind the others, and needn't decide again.
    /// </summary>
    [ThreadStatic]
    private static Decision[]? decisions;

    private readonly (string Target, Func<Row, bool> Holds)[] routes;
    private readonly Func<Row, string?>? byField;
    private readonly string otherwise;
    private readonly bool usesKey;
    private readonly bool usesRecord;

    private RouteTransform(IOptions options)
        : base("route", options, Describe(options))
    {
        otherwise = options.Text("otherwise");
        var targets = new List<string>();
        if (options.Map("values").Count > 0 || options.Map("patterns").Count > 0)
        {
            if (!options.Has("field")) throw new OptionException("field", "values and patterns are those of a field, and none is named", "Name it: field = type.");
        }

        if (options.Has("field")) byField = ByField(options, targets);
        var conditions = new List<(string Target, Func<Row, bool> Holds)>();
        foreach ((string sink, IOptions item) in options.Map("when"))
        {
            Expression condition = OptionReader.Condition(item.Text(""), "when");
            usesKey |= condition.UsesKey;
            usesRecord |= condition.UsesRecord;
            conditions.Add((sink, condition.Test));
            targets.Add(sink);
        }

        routes = [.. conditions];
        if (targets.Count == 0) throw new OptionException("", "a route leads nowhere", "Give values or patterns of a field, or when with conditions, each with a sink's name.");
        if (otherwise is not (DropWord or FailWord)) targets.Add(otherwise);
        Targets = [.. targets.Distinct()];
    }

    /// <summary>The transform in the catalogue.</summary>
    public static TransformDefinition Definition { get; } = new("route", "Decides for each record which of several sinks it goes to. It is the last transform.")
    {
        Description = "Looked at in this order: values (the field's text is exactly that), patterns (a regular expression found in it), when (conditions, in the order written); the first that " +
            "fits decides. What nothing fits goes to the sink that otherwise names, is left out (drop), or is an error of the record (fail). Tombstones are judged with every field null.",
        Options =
        [
            new("field", OptionType.Field, "The field that values and patterns are of.") { Importance = Importance.High },
            new("values", OptionType.Map, "Values of the field, each with the name of a sink.") { Importance = Importance.High, Item = new("", OptionType.Text, "The sink.") },
            new("patterns", OptionType.Map, "Sinks, each with a regular expression over the field.") { Item = new("", OptionType.Text, "The regular expression.") },
            new("when", OptionType.Map, "Sinks, each with a condition.") { Importance = Importance.High, Item = new("", OptionType.Expression, "The condition.") },
            new("otherwise", OptionType.Text, "What becomes of a record that nothing fits: the name of a sink, drop, or fail.") { Default = FailWord, Importance = Importance.High },
        ],
        Example = """{ transform = route, when { large = "amount > 1000", foreign = "country != 'DE'" }, otherwise = rest }""",
        Create = options => new RouteTransform(options),
    };

    /// <summary>The sinks that it names; each must be there, and each sink should be named.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <inheritdoc/>
    public override DataStream Apply(DataStream stream, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(this, name, stream.ValueSerde, this);
    }

    /// <summary>What goes to one sink.</summary>
    /// <param name="routed">What <see cref="Apply"/> has returned.</param>
    /// <param name="sink">The sink.</param>
    /// <param name="name">The stage's name; made from the sink's when null.</param>
    /// <exception cref="ArgumentException">It doesn't name the sink.</exception>
    public DataStream Branch(DataStream routed, string sink, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(routed);
        if (!Targets.Contains(sink)) throw new ArgumentException($"no record is routed to {sink}", nameof(sink));
        string stage = name ?? $"{routed.Node.Name}-{Slugs.Checked(sink, Slugs.Hash(sink))}";
        return routed.Then(this, new SourceLabel($"route to {sink}", Label.File, Label.Line), stage, routed.ValueSerde, MakerOf(sink));
    }

    /// <summary>Makes the operators of a sink's branch.</summary>
    internal IOperatorMaker MakerOf(string sink) => new BranchMaker(this, sink);

    Receiver<TKey, DataObject> IOperatorMaker.Create<TKey>(IStageContext context, Receiver<TKey, DataObject> next) => new RouteOperator<TKey>(context, next, this, null);

    private static string Describe(IOptions options) => string.Join(", ", options.Map("values").Select(item => $"{item.Key} -> {item.Value.Text("")}")
        .Concat(options.Map("patterns").Select(item => $"/{item.Value.Text("")}/ -> {item.Key}"))
        .Concat(options.Map("when").Select(item => $"{item.Value.Text("")} -> {item.Key}")));

    private static Func<Row, string?> ByField(IOptions options, List<string> targets)
    {
        DataPath field = OptionReader.Path(options.Text("field"), "field");
        Dictionary<string, string> values = options.Map("values").ToDictionary(item => item.Key, item => item.Value.Text(""), StringComparer.Ordinal);
        (string Target, Regex Pattern)[] patterns = [.. options.Map("patterns").Select(item => (item.Key, OptionReader.Pattern(item.Value.Text(""), "patterns")))];
        targets.AddRange(values.Values);
        targets.AddRange(patterns.Select(pattern => pattern.Target));
        return row =>
        {
            DataValue found = field.Get(row.Value);
            if (found.IsNull) return null;
            string text = found.Kind == DataKind.Text ? found.AsText() : DataConversion.ToText(found);
            if (values.TryGetValue(text, out string? target)) return target;
            foreach ((string sink, Regex pattern) in patterns)
            {
                if (pattern.IsMatch(text)) return sink;
            }

            return null;
        };
    }

    /// <summary>The sink of a record; null for none.</summary>
    private string? TargetOf<TKey>(ref Record<TKey, DataObject> record, Row row)
    {
        if (usesRecord || record.IsTombstone)
        {
            row.Load(ref record, usesKey);
            return Decide(row);
        }

        DataObject value = record.Value;
        ref Decision known = ref (decisions ??= new Decision[DecisionsMax])[record.Origin.Offset & (DecisionsMax - 1)];
        if (known.Is(this, value, record.Origin)) return known.Target;
        row.Load(ref record, usesKey);
        string? target = Decide(row);
        known = new Decision(this, value, record.Origin, target);
        return target;
    }

    private string? Decide(Row row)
    {
        if (byField?.Invoke(row) is { } found) return found;
        foreach ((string target, Func<Row, bool> holds) in routes)
        {
            if (holds(row)) return target;
        }

        return otherwise switch
        {
            DropWord => null,
            FailWord => throw new DataException("the record fits no route: name the sink of such records, or drop, in otherwise"),
            _ => otherwise,
        };
    }

    private readonly record struct Decision(RouteTransform? Route, DataObject? Value, Origin Origin, string? Target)
    {
        public bool Is(RouteTransform route, DataObject value, Origin origin) => ReferenceEquals(Value, value) && ReferenceEquals(Route, route) && Origin == origin;
    }

    private sealed class BranchMaker(RouteTransform route, string sink) : IOperatorMaker
    {
        public Receiver<TKey, DataObject> Create<TKey>(IStageContext context, Receiver<TKey, DataObject> next) => new RouteOperator<TKey>(context, next, route, sink);
    }

    /// <summary>Hands on what goes to a sink; what goes to any where none is given.</summary>
    private sealed class RouteOperator<TKey>(IStageContext context, Receiver<TKey, DataObject> next, RouteTransform route, string? sink)
        : Operator<TKey, DataObject, TKey, DataObject>(context, next)
    {
        private readonly Row row = new();

        protected override bool Call(ref Record<TKey, DataObject> record) =>
            route.TargetOf(ref record, row) is { } target && (sink is null || sink == target);

        protected override void Emit(ref Record<TKey, DataObject> record) => Next.Receive(ref record);
    }
}
