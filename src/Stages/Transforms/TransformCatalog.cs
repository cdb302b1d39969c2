namespace StreamEngine.Transforms;

/// <summary>The transforms there are.</summary>
public static class TransformCatalog
{
    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<TransformDefinition> All { get; } =
    [
        Filter.Definition,
        Select.Definition,
        Drop.Definition,
        Rename.Definition,
        Cast.Definition,
        Set.Definition,
        Mask.Definition,
        InsertMetadata.Definition,
        Flatten.Definition,
        Explode.Definition,
        SetTimestamp.Definition,
        KeyBy.Definition,
        Aggregate.Definition,
        RouteTransform.Definition,
    ];

    /// <summary>The transform of a name; null when there is none.</summary>
    public static TransformDefinition? Find(string name) => All.FirstOrDefault(definition => definition.Name == name);
}
