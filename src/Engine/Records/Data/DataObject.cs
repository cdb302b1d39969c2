using System.Text;

namespace StreamEngine.Records.Data;

/// <summary>
/// A record whose fields are known only when it runs: what pipelines without code work on. What is no object in its topic or file, a text say, is one with the
/// single field <c>value</c> (<see cref="DataShape.Scalar"/>). Immutable; keys and states compare it by value, field by field in order.
/// </summary>
public sealed class DataObject : IEquatable<DataObject>
{
    private readonly DataValue[] values;

    /// <summary>Makes an object.</summary>
    /// <param name="shape">The names.</param>
    /// <param name="values">The values in the order of the names; must not change any more.</param>
    public DataObject(DataShape shape, DataValue[] values)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(values);
        if (shape.Count != values.Length) throw new ArgumentException($"{shape.Count} names, and {values.Length} values");
        Shape = shape;
        this.values = values;
    }

    /// <summary>The names.</summary>
    public DataShape Shape { get; }

    /// <summary>The values, in the order of the names.</summary>
    public ReadOnlySpan<DataValue> Values => values;

    /// <summary>The value of a field; null when there is no such field.</summary>
    public DataValue this[string name] => Shape.IndexOf(name) is >= 0 and var at ? values[at] : DataValue.Null;

    /// <summary>A value that is no object.</summary>
    public static DataObject Scalar(DataValue value) => new(DataShape.Scalar, [value]);

    /// <summary>What the object stands for: the value itself where it is a scalar.</summary>
    public DataValue ToValue() => Shape.IsScalar ? values[0] : DataValue.Of(this);

    /// <summary>The object with another value at one of its fields.</summary>
    /// <param name="at">The field's number in <see cref="Shape"/>.</param>
    /// <param name="value">The value.</param>
    public DataObject With(int at, DataValue value)
    {
        var changed = (DataValue[])values.Clone();
        changed[at] = value;
        return new DataObject(Shape, changed);
    }

    /// <summary>The object with a field: in the place of the one of that name, or behind the others.</summary>
    public DataObject With(string name, DataValue value) => Shape.IndexOf(name) is >= 0 and var at
        ? With(at, value)
        : new DataObject(Shape.With(name), [.. values, value]);

    /// <summary>The same values under other names.</summary>
    /// <param name="shape">The names, as many as there are.</param>
    public DataObject With(DataShape shape) => new(shape, values);

    /// <summary>The object without a field; itself when it has none of that name.</summary>
    public DataObject Without(string name) => Shape.IndexOf(name) is >= 0 and var at
        ? new DataObject(Shape.Without(at), [.. values.AsSpan(0, at), .. values.AsSpan(at + 1)])
        : this;

    /// <inheritdoc/>
    public bool Equals(DataObject? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || Shape.IsScalar != other.Shape.IsScalar) return false;
        if (!ReferenceEquals(Shape, other.Shape) && !Shape.Names.SequenceEqual(other.Shape.Names)) return false;
        return values.AsSpan().SequenceEqual(other.values);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DataObject);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (DataValue value in values) hash.Add(value);
        return hash.ToHashCode();
    }

    /// <summary>The object for people: <c>{name: value, ...}</c>.</summary>
    public override string ToString()
    {
        if (Shape.IsScalar) return values[0].ToString();
        var text = new StringBuilder("{");
        for (int n = 0; n < values.Length; n++) text.Append(n == 0 ? "" : ", ").Append(Shape.Names[n]).Append(": ").Append(values[n].ToString());
        return text.Append('}').ToString();
    }
}
