using System.Text.Json;

namespace StreamEngine.Records.Data;

/// <summary>
/// The names of an object's fields, in order. Objects that come from one place share theirs, so that a field is found once for many records. Immutable and
/// thread-safe.
/// </summary>
public sealed class DataShape
{
    private const int IndexedFrom = 9;

    private readonly string[] names;
    private readonly Dictionary<string, int>? index;
    private JsonEncodedText[]? jsonNames;

    /// <summary>Makes a shape.</summary>
    /// <param name="names">The names; no two may be the same.</param>
    public DataShape(params ReadOnlySpan<string> names)
        : this(names, isScalar: false)
    {
    }

    private DataShape(ReadOnlySpan<string> names, bool isScalar)
    {
        this.names = names.ToArray();
        IsScalar = isScalar;
        var seen = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (int n = 0; n < names.Length; n++)
        {
            if (!seen.TryAdd(names[n], n)) throw new ArgumentException($"two fields are called {names[n]}");
        }

        // A handful of names is compared faster than hashed.
        if (names.Length >= IndexedFrom) index = seen;
    }

    /// <summary>
    /// The shape of what is no object but a single value, a text say: it is seen as an object with one field, <c>value</c>, and is written as the value alone.
    /// </summary>
    public static DataShape Scalar { get; } = new(["value"], isScalar: true);

    /// <summary>The shape without fields.</summary>
    public static DataShape Empty { get; } = new();

    /// <summary>The names.</summary>
    public ReadOnlySpan<string> Names => names;

    /// <summary>How many fields there are.</summary>
    public int Count => names.Length;

    /// <summary>Whether it is <see cref="Scalar"/>.</summary>
    public bool IsScalar { get; }

    /// <summary>The names as JSON has them.</summary>
    internal ReadOnlySpan<JsonEncodedText> JsonNames => jsonNames ??= Array.ConvertAll(names, name => JsonEncodedText.Encode(name));

    /// <summary>The shape with one more name behind the others.</summary>
    public DataShape With(string name) => new([.. names, name]);

    /// <summary>The shape without one of its names.</summary>
    /// <param name="at">The name's number.</param>
    public DataShape Without(int at) => new([.. names.AsSpan(0, at), .. names.AsSpan(at + 1)]);

    /// <summary>The number of the field of a name; -1 when there is none.</summary>
    public int IndexOf(string name)
    {
        if (index is not null) return index.TryGetValue(name, out int found) ? found : -1;
        for (int n = 0; n < names.Length; n++)
        {
            if (names[n] == name) return n;
        }

        return -1;
    }
}
