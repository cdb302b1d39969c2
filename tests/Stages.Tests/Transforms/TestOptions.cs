using System.Globalization;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records.Data;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>Options as JSON, with the defaults of their definitions.</summary>
internal sealed class TestOptions(IReadOnlyList<OptionDefinition> definitions, DataValue value) : IOptions
{
    public (string File, int Line) Place => ("orders.conf", 12);

    public bool Has(string name) => Find(name) is not null;

    public bool IsGiven(string name) => value.AsObject().Shape.IndexOf(name) >= 0;

    public string Text(string name) => Required(name).ToString();

    public long Integer(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);

    public double Number(string name) => double.Parse(Text(name), CultureInfo.InvariantCulture);

    public bool Flag(string name) => bool.Parse(Text(name));

    public TimeSpan Duration(string name) => throw new NotSupportedException();

    public long Size(string name) => throw new NotSupportedException();

    public DateTimeOffset Time(string name) => throw new NotSupportedException();

    public DataValue Value(string name) => Required(name);

    public IReadOnlyList<string> Texts(string name) => Find(name) is not { } found ? []
        : found.Kind == DataKind.List ? [.. found.AsList().ToArray().Select(item => item.ToString())] : [found.ToString()];

    public IOptions Object(string name) => throw new NotSupportedException();

    public IReadOnlyList<IOptions> Objects(string name) => throw new NotSupportedException();

    public IReadOnlyList<KeyValuePair<string, IOptions>> Map(string name)
    {
        if (Find(name) is not { } found) return [];
        DataObject map = found.AsObject();
        return [.. map.Shape.Names.ToArray().Select(key => KeyValuePair.Create(key, (IOptions)new TestOptions([], map[key])))];
    }

    private DataValue Required(string name) => Find(name) ?? throw new InvalidOperationException($"there is no option {name}");

    private DataValue? Find(string name)
    {
        if (name.Length == 0) return value;
        DataObject given = value.AsObject();
        if (given.Shape.IndexOf(name) >= 0) return given[name];
        OptionDefinition? definition = definitions.FirstOrDefault(one => one.Name == name);
        if (definition is null && definitions.Count > 0) throw new InvalidOperationException($"no option is called {name}");
        return definition?.Default is { } written ? DataValue.Of(written.Trim('"')) : null;
    }
}
