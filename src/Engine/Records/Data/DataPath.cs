using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StreamEngine.Records.Data;

/// <summary>
/// The place of a value in a record: <c>customer.address.city</c>, <c>lines[0].sku</c>, <c>"odd name".x</c>, <c>a["odd name"]</c>, or with backquotes. It
/// remembers where it found its fields in the shapes it has seen. Immutable and thread-safe.
/// </summary>
public sealed class DataPath : IEquatable<DataPath>
{
    /// <summary>How many steps a path may have.</summary>
    public const int StepsMax = 32;

    private readonly Node[] nodes;

    /// <summary>A path of steps.</summary>
    public DataPath(params ReadOnlySpan<DataPathStep> steps)
    {
        if (steps.IsEmpty || steps.Length > StepsMax) throw new ArgumentException($"a path has 1 to {StepsMax} steps, and not {steps.Length}");
        if (steps[0].Name is null) throw new ArgumentException("a path begins with the name of a field");
        nodes = new Node[steps.Length];
        for (int n = 0; n < nodes.Length; n++) nodes[n] = new Node(steps[n]);
    }

    /// <summary>The steps.</summary>
    public IEnumerable<DataPathStep> Steps => nodes.Select(node => node.Step);

    /// <summary>The name of the field it ends in, which is what the value is called where it goes elsewhere; of an item, that of its list.</summary>
    public string LastName => nodes.Last(node => node.Step.Name is not null).Step.Name!;

    /// <summary>The path without its last step; null when it has but one.</summary>
    public DataPath? Parent => nodes.Length == 1 ? null : new DataPath([.. Steps.SkipLast(1)]);

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">It is none; the message says where and why.</exception>
    public static DataPath Parse(string text) => TryParse(text, out DataPath? path, out string? problem) ? path : throw new FormatException(problem);

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <param name="path">What was read.</param>
    /// <param name="problem">Where and why it is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out DataPath? path, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<DataPathStep> steps = new DataPathParser(text).Read(out problem);
        path = problem is null ? new DataPath([.. steps]) : null;
        return path is not null;
    }

    /// <summary>The value at the path; null when there is none.</summary>
    public DataValue Get(DataObject? value)
    {
        TryGet(value, out DataValue found);
        return found;
    }

    /// <summary>Finds the value at the path.</summary>
    /// <returns>Whether there is one, which may be null.</returns>
    public bool TryGet(DataObject? value, out DataValue found)
    {
        found = default;
        if (value is null || !nodes[0].TryGet(value, out DataValue at)) return false;
        for (int n = 1; n < nodes.Length; n++)
        {
            if (!nodes[n].TryGet(at, out at)) return false;
        }

        found = at;
        return true;
    }

    /// <summary>The record with another value at the path. Objects on the way that are missing or null are made; items of lists are not.</summary>
    /// <exception cref="DataException">What is on the way is no object, or there is no such item.</exception>
    public DataObject Set(DataObject value, DataValue item)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SetIn(value, 0, item);
    }

    /// <summary>The record without what is at the path; the record itself when there is nothing.</summary>
    public DataObject Remove(DataObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return TryGet(value, out _) ? RemoveIn(value, 0) : value;
    }

    /// <inheritdoc/>
    public bool Equals(DataPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DataPath);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The path as it is written.</summary>
    public override string ToString() => ToString(nodes.Length);

    private string ToString(int count)
    {
        var text = new StringBuilder();
        foreach (Node node in nodes.AsSpan(0, count))
        {
            if (text.Length > 0 && node.Step.Name is not null) text.Append('.');
            text.Append(node.Step.ToString());
        }

        return text.ToString();
    }

    private DataObject SetIn(DataObject owner, int n, DataValue item)
    {
        Node node = nodes[n];
        int at = node.IndexIn(owner.Shape);
        DataValue set = n == nodes.Length - 1 ? item : SetIn(at < 0 ? default : owner.Values[at], n + 1, item);
        return at < 0 ? new DataObject(node.Extended(owner.Shape), [.. owner.Values, set]) : owner.With(at, set);
    }

    private DataValue SetIn(DataValue owner, int n, DataValue item)
    {
        if (nodes[n].Step.Name is not null)
        {
            if (owner.Kind is not (DataKind.Object or DataKind.Null)) throw No(owner, n, "no object");
            return DataValue.Of(SetIn(owner.IsNull ? new DataObject(DataShape.Empty, []) : owner.AsObject(), n, item));
        }

        int at = nodes[n].Step.Index;
        if (owner.Kind != DataKind.List) throw No(owner, n, "no list");
        if (at >= owner.AsList().Length) throw No(owner, n, $"a list of {owner.AsList().Length}");
        DataValue[] items = owner.AsList().ToArray();
        items[at] = n == nodes.Length - 1 ? item : SetIn(items[at], n + 1, item);
        return DataValue.Of(items);
    }

    private DataObject RemoveIn(DataObject owner, int n)
    {
        Node node = nodes[n];
        int at = node.IndexIn(owner.Shape);
        if (n < nodes.Length - 1) return owner.With(at, RemoveIn(owner.Values[at], n + 1));
        return new DataObject(node.Shortened(owner.Shape), [.. owner.Values[..at], .. owner.Values[(at + 1)..]]);
    }

    private DataValue RemoveIn(DataValue owner, int n)
    {
        if (nodes[n].Step.Name is not null) return DataValue.Of(RemoveIn(owner.AsObject(), n));
        int at = nodes[n].Step.Index;
        DataValue[] items = owner.AsList().ToArray();
        if (n == nodes.Length - 1) return DataValue.Of([.. items[..at], .. items[(at + 1)..]]);
        items[at] = RemoveIn(items[at], n + 1);
        return DataValue.Of(items);
    }

    private DataException No(DataValue owner, int n, string what) => new($"{this} can't be set: {ToString(n)} is {DataText.Describe(owner)}, {what}");

    /// <summary>A step, and where it led in the shapes it was taken in.</summary>
    private sealed class Node(DataPathStep step)
    {
        private readonly ShapeCache<DataShape>? extended = step.Name is null ? null : new(shape => shape.With(step.Name));
        private readonly ShapeCache<DataShape>? shortened = step.Name is null ? null : new(shape => shape.Without(shape.IndexOf(step.Name)));
        private readonly ShapeCache<int>? indexes = step.Name is null ? null : new(shape => shape.IndexOf(step.Name));

        public DataPathStep Step { get; } = step;

        public int IndexIn(DataShape shape) => indexes!.For(shape);

        public DataShape Extended(DataShape shape) => extended!.For(shape);

        public DataShape Shortened(DataShape shape) => shortened!.For(shape);

        public bool TryGet(DataObject owner, out DataValue found)
        {
            int at = IndexIn(owner.Shape);
            found = at < 0 ? default : owner.Values[at];
            return at >= 0;
        }

        public bool TryGet(DataValue owner, out DataValue found)
        {
            if (Step.Name is not null && owner.Kind == DataKind.Object) return TryGet(owner.AsObject(), out found);
            found = default;
            if (Step.Name is not null || owner.Kind != DataKind.List || Step.Index >= owner.AsList().Length) return false;
            found = owner.AsList()[Step.Index];
            return true;
        }
    }
}
