using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace StreamEngine.Settings.Hocon;

/// <summary>What a value is, as it is written: <c>5</c> and <c>"5"</c> differ here, and are read alike by who asks for a number.</summary>
internal enum HoconKind
{
    /// <summary>Fields by names.</summary>
    Object,

    /// <summary>Values in order.</summary>
    Array,

    /// <summary>A text, quoted or not.</summary>
    Text,

    /// <summary>A number, unquoted; its text is kept as it is written.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>, unquoted.</summary>
    Boolean,

    /// <summary><c>null</c>, unquoted.</summary>
    Null,
}

/// <summary>A value of a resolved document: nothing is left to merge or to substitute. Immutable, as are all it holds.</summary>
/// <param name="place">Where the value is written: for a substituted one where it was defined, for a merged object where its last part is.</param>
internal abstract class HoconValue(SourcePlace place)
{
    /// <summary>What it is.</summary>
    public abstract HoconKind Kind { get; }

    /// <summary>Where it is written.</summary>
    public SourcePlace Place { get; } = place;

    /// <summary>How many values it is, itself and all it holds; what is held in two places counts twice.</summary>
    public virtual long Size => 1;

    /// <summary>How deep objects and lists lie in it: 0 for what holds no others.</summary>
    public virtual int Depth => 0;
}

/// <summary>A value that holds no others.</summary>
/// <param name="kind">Text, number, boolean or null.</param>
/// <param name="text">The text; of a number or a boolean as it is written.</param>
/// <param name="place">Where it is written.</param>
internal sealed class HoconScalar(HoconKind kind, string text, SourcePlace place) : HoconValue(place)
{
    /// <inheritdoc/>
    public override HoconKind Kind { get; } = kind;

    /// <summary>The text; of a number or a boolean as it is written; <c>null</c> for null.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Values in order.</summary>
internal sealed class HoconArray(IReadOnlyList<HoconValue> items, SourcePlace place) : HoconValue(place)
{
    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Array;

    /// <summary>The values.</summary>
    public IReadOnlyList<HoconValue> Items { get; } = items;

    /// <inheritdoc/>
    public override long Size { get; } = 1 + items.Sum(item => item.Size);

    /// <inheritdoc/>
    public override int Depth { get; } = 1 + items.Select(item => item.Depth).DefaultIfEmpty().Max();
}

/// <summary>A field of an object.</summary>
/// <param name="Name">Its name, unquoted: <c>"a.b" = 1</c> is one field of the name <c>a.b</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="KeyPlace">Where its name is written; where it is written several times, where it was given its value last.</param>
internal sealed record HoconField(string Name, HoconValue Value, SourcePlace KeyPlace)
{
    /// <summary>The comment above it, without its marks, a line each; empty when there is none.</summary>
    public string Comment { get; init; } = "";
}

/// <summary>Fields by names, in the order in which each name first came.</summary>
internal sealed class HoconObject : HoconValue, IReadOnlyCollection<HoconField>
{
    private readonly IReadOnlyList<HoconField> fields;
    private readonly Dictionary<string, HoconField> byName;

    /// <param name="fields">The fields; no two have the same name.</param>
    /// <param name="place">Where it is written.</param>
    public HoconObject(IReadOnlyList<HoconField> fields, SourcePlace place)
        : base(place)
    {
        this.fields = fields;
        byName = new Dictionary<string, HoconField>(fields.Count, StringComparer.Ordinal);
        Size = Depth = 1;
        foreach (HoconField field in fields)
        {
            byName.Add(field.Name, field);
            Size += field.Value.Size;
            Depth = Math.Max(Depth, field.Value.Depth + 1);
        }
    }

    /// <summary>An object without fields.</summary>
    public static HoconObject Empty { get; } = new([], default);

    /// <inheritdoc/>
    public override HoconKind Kind => HoconKind.Object;

    /// <inheritdoc/>
    public int Count => fields.Count;

    /// <inheritdoc/>
    public override long Size { get; }

    /// <inheritdoc/>
    public override int Depth { get; }

    /// <summary>The field of a name, which is one element of a path.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out HoconField? field) => byName.TryGetValue(name, out field);

    /// <summary>The field at a path, element by element; null when there is none.</summary>
    public HoconField? Find(params ReadOnlySpan<string> path)
    {
        HoconObject? at = this;
        HoconField? field = null;
        foreach (string name in path)
        {
            if (at is null || !at.TryGet(name, out field)) return null;
            at = field.Value as HoconObject;
        }

        return field;
    }

    /// <inheritdoc/>
    public IEnumerator<HoconField> GetEnumerator() => fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
