using System.Diagnostics.CodeAnalysis;

namespace StreamEngine.Settings.Hocon;

/// <summary>An object as it was read: its fields in the order in which each name first came.</summary>
internal sealed class ObjectNode(SourcePlace place) : HoconNode
{
    private const int SearchedMax = 8;

    private readonly List<FieldNode> fields = [];
    private Dictionary<string, FieldNode>? byName;
    private SourcePlace lastPlace = place;

    /// <summary>Where it is written; where it is written several times, the last.</summary>
    public override SourcePlace Place => lastPlace;

    /// <summary>The fields.</summary>
    public IReadOnlyList<FieldNode> Fields => fields;

    /// <summary>The field of a name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out FieldNode? field)
    {
        if (byName is not null) return byName.TryGetValue(name, out field);
        field = fields.Find(candidate => candidate.Name == name);
        return field is not null;
    }

    /// <summary>The field of a name, made when there is none.</summary>
    public FieldNode GetOrAdd(string name)
    {
        if (TryGet(name, out FieldNode? field)) return field;
        field = new FieldNode(name);
        fields.Add(field);
        if (byName is not null) byName.Add(name, field);
        else if (fields.Count > SearchedMax) byName = fields.ToDictionary(each => each.Name, StringComparer.Ordinal);
        return field;
    }

    /// <summary>Assigns a value to the field at a path, as if each of its names but the last were written with braces.</summary>
    public void Assign(ReadOnlySpan<string> path, HoconNode value, SourcePlace keyPlace, string comment = "")
    {
        ObjectNode at = this;
        foreach (string name in path[..^1])
        {
            FieldNode field = at.GetOrAdd(name);
            if (field.Top is not { Value: ObjectNode }) field.Assign(new ObjectNode(keyPlace), keyPlace, "");
            at = (ObjectNode)field.Top!.Value;
            at.lastPlace = keyPlace;
        }

        at.GetOrAdd(path[^1]).Assign(value, keyPlace, comment);
    }

    /// <summary>Takes over the fields of an object that is written later; it is itself what comes of it.</summary>
    public ObjectNode MergedWith(ObjectNode over)
    {
        foreach (FieldNode field in over.fields) GetOrAdd(field.Name).AssignAll(field);
        lastPlace = over.lastPlace;
        return this;
    }

    /// <summary>The same object, to merge into.</summary>
    public ObjectNode Copy()
    {
        var copy = new ObjectNode(lastPlace);
        if (fields.Count > SearchedMax) copy.byName = new Dictionary<string, FieldNode>(fields.Count, StringComparer.Ordinal);
        foreach (FieldNode field in fields)
        {
            FieldNode own = field.Copy();
            copy.fields.Add(own);
            copy.byName?.Add(own.Name, own);
        }

        return copy;
    }
}
