using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>The types of a stream and how they become bytes.</summary>
public abstract class StreamShape
{
    private protected StreamShape()
    {
    }

    /// <summary>The types, for plans: <c>string → Order</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The format of the keys' bytes.</summary>
    public abstract string KeyFormat { get; }

    /// <summary>The format of the values' bytes.</summary>
    public abstract string ValueFormat { get; }

    /// <summary>Calls a visitor with the types.</summary>
    public abstract TResult Accept<TResult>(IShapeVisitor<TResult> visitor);
}

/// <summary>Does something that needs the types of a stream.</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
public interface IShapeVisitor<out TResult>
{
    /// <summary>Does it.</summary>
    TResult Visit<TKey, TValue>(StreamShape<TKey, TValue> shape);
}

/// <summary>A stream of records with keys and values of these types.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="keySerde">How keys become bytes.</param>
/// <param name="valueSerde">How values become bytes.</param>
public sealed class StreamShape<TKey, TValue>(ISerde<TKey> keySerde, ISerde<TValue> valueSerde) : StreamShape
{
    /// <summary>How keys become bytes.</summary>
    public ISerde<TKey> KeySerde { get; } = keySerde;

    /// <summary>How values become bytes.</summary>
    public ISerde<TValue> ValueSerde { get; } = valueSerde;

    /// <summary>Whether records have keys.</summary>
    public bool HasKey => typeof(TKey) != typeof(NoKey);

    /// <inheritdoc/>
    public override string Description => HasKey ? $"{TypeName.Of(typeof(TKey))} → {TypeName.Of(typeof(TValue))}" : TypeName.Of(typeof(TValue));

    /// <inheritdoc/>
    public override string KeyFormat => KeySerde.Format;

    /// <inheritdoc/>
    public override string ValueFormat => ValueSerde.Format;

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IShapeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Names of types as their author writes them.</summary>
internal static class TypeName
{
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Of(underlying) + "?";
        if (type == typeof(string)) return "string";
        if (type == typeof(int)) return "int";
        if (type == typeof(long)) return "long";
        if (type == typeof(double)) return "double";
        if (type == typeof(bool)) return "bool";
        if (type.IsArray) return Of(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return type.Name;
        string name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        string arguments = string.Join(", ", type.GetGenericArguments().Select(Of));
        return name == "ValueTuple" ? $"({arguments})" : $"{name}<{arguments}>";
    }
}
