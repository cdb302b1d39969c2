using System.Collections.Immutable;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Records.Data;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings.Options;

/// <summary>A block of options, checked against their definitions. What is wrong became a problem, and has its default here.</summary>
internal sealed class OptionBlock : IOptions
{
    private const string Itself = "";

    private readonly Dictionary<string, object?> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourcePlace> places = new(StringComparer.Ordinal);
    private readonly HashSet<string> defined = new(StringComparer.Ordinal);
    private readonly SourcePlace place;

    private OptionBlock(SourcePlace place) => this.place = place;

    /// <inheritdoc/>
    public (string File, int Line) Place => (place.Origin, place.Line);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, NamedCluster> Clusters { get; private init; } = ImmutableDictionary<string, NamedCluster>.Empty;

    /// <summary>Where an option is written; the block itself if it isn't.</summary>
    public SourcePlace PlaceOf(string name) => places.TryGetValue(name, out SourcePlace found) ? found : place;

    /// <summary>Reads a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="definitions">What may be in it.</param>
    /// <param name="reading">Takes what is wrong.</param>
    /// <param name="what">How messages call the block: <c>connector files</c>.</param>
    /// <param name="others">Names that belong to somebody else, and are left alone.</param>
    public static OptionBlock Read(HoconObject block, IReadOnlyList<OptionDefinition> definitions, OptionReading reading, string what, IReadOnlyCollection<string>? others = null)
    {
        var options = new OptionBlock(block.Place) { Clusters = reading.Clusters };
        HashSet<string> meant = [];
        CheckNames(block, [], definitions, reading, what, others ?? [], meant);
        foreach (OptionDefinition definition in definitions) options.Read(block, definition, reading, what, meant.Contains(definition.Name));
        return options;
    }

    /// <inheritdoc/>
    public bool Has(string name) => Find(name) is not null;

    /// <inheritdoc/>
    public bool IsGiven(string name) => places.ContainsKey(name);

    /// <inheritdoc/>
    public string Text(string name) => Get<string>(name);

    /// <inheritdoc/>
    public long Integer(string name) => Get<long>(name);

    /// <inheritdoc/>
    public double Number(string name) => Get<double>(name);

    /// <inheritdoc/>
    public bool Flag(string name) => Get<bool>(name);

    /// <inheritdoc/>
    public TimeSpan Duration(string name) => Get<TimeSpan>(name);

    /// <inheritdoc/>
    public long Size(string name) => Get<long>(name);

    /// <inheritdoc/>
    public DateTimeOffset Time(string name) => Get<DateTimeOffset>(name);

    /// <inheritdoc/>
    public DataValue Value(string name) => Find(name) is DataValue value ? value : DataValue.Null;

    /// <inheritdoc/>
    public IReadOnlyList<string> Texts(string name) => [.. Items(name).Select(item => item.Text(Itself))];

    /// <inheritdoc/>
    public IOptions Object(string name) => Get<OptionBlock>(name);

    /// <inheritdoc/>
    public IReadOnlyList<IOptions> Objects(string name) => [.. Items(name)];

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, IOptions>> Map(string name) => Find(name) is { } map ? (IReadOnlyList<KeyValuePair<string, IOptions>>)map : [];

    private IReadOnlyList<OptionBlock> Items(string name) => Find(name) is { } items ? (IReadOnlyList<OptionBlock>)items : [];

    private T Get<T>(string name) => Find(name) is T value
        ? value
        : throw new InvalidOperationException($"option {name} has no value of type {typeof(T).Name}: ask Has first, give it a default or require it");

    private object? Find(string name)
    {
        if (!defined.Contains(name)) throw new InvalidOperationException($"no option {name} is defined here");
        return values.GetValueOrDefault(name);
    }

    private void Read(HoconObject block, OptionDefinition definition, OptionReading reading, string what, bool isMisspelt)
    {
        defined.Add(definition.Name);
        HoconField? field = block.Find(definition.Name.Split('.'));
        if (field is null)
        {
            values[definition.Name] = Default(definition);
            if (!definition.IsRequired || isMisspelt) return;
            reading.Problems.Add(
                ProblemCodes.Missing, place, $"{what} needs {definition.Name}: {Uncapital(definition.Meaning)}", $"Give {definition.Name} = {OptionReading.Wanted(definition)}.");
            return;
        }

        places[definition.Name] = field.Value.Place;
        if (definition.Deprecated is { } instead)
        {
            reading.Problems.Warn(ProblemCodes.Deprecated, field.KeyPlace, $"{definition.Name} of {what} will go", $"Use {instead}.");
        }

        values[definition.Name] = ValueOf(definition, field, reading, definition.Name, what) ?? Default(definition);
    }

    private static object? ValueOf(OptionDefinition definition, HoconField field, OptionReading reading, string name, string what)
    {
        switch (definition.Type)
        {
            case OptionType.Object when field.Value is HoconObject inner:
                return Read(inner, definition.Options, reading, $"{name} of {what}");
            case OptionType.Map when field.Value is HoconObject map:
                return Entries(map, definition.Item!).Select(entry => KeyValuePair.Create(entry.Name, (IOptions)ItemOf(definition.Item!, entry, reading, $"{name}.{entry.Name}", what))).ToArray();
            case OptionType.List:
                IReadOnlyList<HoconValue> items = HoconReading.TryList(field.Value, out IReadOnlyList<HoconValue>? list) ? list : [field.Value];
                if (list is not null && HoconReading.StrayIn(field.Value) is { } stray) reading.Problems.Add(StrayItem(name, stray));
                return items.Select((item, n) => ItemOf(definition.Item!, new HoconField(field.Name, item, item.Place), reading, items.Count == 1 ? name : $"{name}[{n}]", what)).ToArray();
            case OptionType.Object or OptionType.Map:
                reading.Problems.Add(
                    ProblemCodes.WrongForm, field.Value.Place, $"{name} = {OptionReading.Shown(definition, field.Value)} must be {OptionReading.Wanted(definition)}", $"Write {name} {{ ... }}.");
                return null;
            default:
                return reading.Scalar(definition, field, new OptionName("", name));
        }
    }

    /// <summary>
    /// The entries of a map. Where items are no objects, an object is what the dots of a name have made: <c>customer.city = x</c> is an entry
    /// <c>customer.city</c>, as if it were quoted.
    /// </summary>
    private static IEnumerable<HoconField> Entries(HoconObject map, OptionDefinition item) => map.SelectMany(entry =>
        entry.Value is HoconObject inner && !item.IsSecret && item.Type is not (OptionType.Object or OptionType.Map or OptionType.Value)
            ? Entries(inner, item).Select(deeper => deeper with { Name = $"{entry.Name}.{deeper.Name}" })
            : [entry]);

    /// <summary>The problem of a field that is no item of the list it is in.</summary>
    public static Problem StrayItem(string list, HoconField stray) => new(
        ProblemCodes.Unknown, stray.KeyPlace, $"{list} is a list, and {stray.Name} is no place in it", $"Write {list} = [ ... ]; in a block, items are numbered from 0 without a gap.");

    /// <summary>An item of a list or of a map; one that is no object has itself under the empty name.</summary>
    private static OptionBlock ItemOf(OptionDefinition definition, HoconField field, OptionReading reading, string name, string what)
    {
        if (definition.Type == OptionType.Object && field.Value is HoconObject inner) return Read(inner, definition.Options, reading, $"{name} of {what}");
        var item = new OptionBlock(field.Value.Place) { Clusters = reading.Clusters };
        foreach (OptionDefinition option in definition.Options)
        {
            // A short form, a value in place of the block, leaves what else the block may have at its defaults.
            item.defined.Add(option.Name);
            item.values[option.Name] = Default(option);
        }

        item.defined.Add(Itself);
        OptionDefinition scalar = definition.Type == OptionType.Object ? definition.Item ?? definition : definition;
        item.values[Itself] = ValueOf(scalar, field, reading, name, what);
        return item;
    }

    private static object? Default(OptionDefinition definition)
    {
        if (definition.Default is not { } text) return null;
        var nowhere = new ProblemList();
        HoconField field = HoconDocument.ParseAssignment($"value = {text}", "default").Resolve(_ => null).Find("value")!;
        return ValueOf(definition, field, new OptionReading(nowhere), definition.Name, "a default")
            ?? throw new InvalidOperationException($"the default of option {definition.Name} is no value of it: {string.Join(' ', nowhere.All.Select(problem => problem.Text))}");
    }

    /// <summary>Finds names that no option has; <c>meant</c> takes the options that they were perhaps meant to be: those are misspelt, and not missing.</summary>
    private static void CheckNames(
        HoconObject block, string[] path, IReadOnlyList<OptionDefinition> definitions, OptionReading reading, string what, IReadOnlyCollection<string> others, HashSet<string> meant)
    {
        foreach (HoconField field in block)
        {
            string[] inner = [.. path, field.Name];
            string name = string.Join('.', inner);
            if (others.Contains(name) || definitions.Any(definition => definition.Name == name)) continue;
            bool leads = definitions.Any(definition => definition.Name.StartsWith(name + '.', StringComparison.Ordinal));
            if (leads && field.Value is HoconObject deeper)
            {
                CheckNames(deeper, inner, definitions, reading, what, others, meant);
                continue;
            }

            if (leads)
            {
                string below = string.Join(", ", definitions.Select(definition => definition.Name).Where(known => known.StartsWith(name + '.', StringComparison.Ordinal)));
                reading.Problems.Add(ProblemCodes.WrongForm, field.Value.Place, $"{name} of {what} has options of its own and no value", $"There are {below}.");
                continue;
            }

            IEnumerable<string> known = definitions.Select(definition => definition.Name).Where(known => !others.Contains(known));
            string? nearest = NearestKey.To(name, known);
            if (nearest is not null) meant.Add(nearest);
            string remedy = definitions.Count == 0 ? "It takes no options." : $"It has {string.Join(", ", definitions.Select(definition => definition.Name))}.";
            reading.Problems.Add(new Problem(ProblemCodes.Unknown, field.KeyPlace, $"{what} has no option {name}{(nearest is null ? "" : $"; did you mean {nearest}?")}", remedy)
            {
                HidesLine = definitions.Any(definition => definition.Name == nearest && definition.IsSecret),
            });
        }
    }

    private static string Uncapital(string sentence) => sentence.Length == 0 ? "" : char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');
}
