namespace StreamEngine.Settings.Hocon;

/// <summary>A field as it was read.</summary>
internal sealed class FieldNode(string name)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its last assignment; null only until the first.</summary>
    public Layer? Top { get; private set; }

    /// <summary>Assigns a value over what is there, by the rules of duplicate keys. An object that is there is merged into, so it must be this document's own.</summary>
    public void Assign(HoconNode value, SourcePlace keyPlace, string comment, bool closed = false)
    {
        if (comment.Length == 0 && Top is not null) comment = Top.Comment;
        Top = (value, Top) switch
        {
            (_, null) => new Layer(value, null, keyPlace, comment, closed),
            ({ HidesAll: true }, _) => new Layer(value, null, keyPlace, comment, closed),
            (ObjectNode, _) when closed => new Layer(value, null, keyPlace, comment, true),
            (ObjectNode over, { Value: ObjectNode under }) => Top with { Value = under.MergedWith(over), KeyPlace = keyPlace, Comment = comment },
            (ObjectNode, { Value.HidesAll: true }) => new Layer(value, null, keyPlace, comment, true),
            _ => new Layer(value, Top, keyPlace, comment, false),
        };
    }

    /// <summary>Assigns all that another field was assigned, in its order.</summary>
    public void AssignAll(FieldNode over)
    {
        if (over.Top is { Below: null } only)
        {
            Assign(only.Value, only.KeyPlace, only.Comment, only.IsClosed);
            return;
        }

        var layers = new Stack<Layer>();
        for (Layer? layer = over.Top; layer is not null; layer = layer.Below) layers.Push(layer);
        foreach (Layer layer in layers) Assign(layer.Value, layer.KeyPlace, layer.Comment, layer.IsClosed);
    }

    /// <summary>The same field, with objects of its own to merge into.</summary>
    public FieldNode Copy()
    {
        var copy = new FieldNode(Name);
        var layers = new Stack<Layer>();
        for (Layer? layer = Top; layer is not null; layer = layer.Below) layers.Push(layer);
        foreach (Layer layer in layers)
        {
            copy.Top = layer with { Value = layer.Value is ObjectNode fields ? fields.Copy() : layer.Value, Below = copy.Top };
        }

        return copy;
    }
}
