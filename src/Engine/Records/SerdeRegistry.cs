using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StreamEngine.Records.Data;

namespace StreamEngine.Records;

/// <summary>
/// Chooses the serde of a type: what was registered for it, else the built-in one, else JSON with the names of properties in camel case.
/// Metadata of registered source-generated contexts is used where they know the type, reflection elsewhere.
/// </summary>
/// <remarks>Filled while pipelines are defined, on one thread; read-only after that.</remarks>
public sealed class SerdeRegistry
{
    private readonly Dictionary<Type, object> serdes = new()
    {
        [typeof(string)] = Serdes.String,
        [typeof(byte[])] = Serdes.ByteArray,
        [typeof(ReadOnlyMemory<byte>)] = Serdes.Bytes,
        [typeof(short)] = Serdes.Int16,
        [typeof(int)] = Serdes.Int32,
        [typeof(long)] = Serdes.Int64,
        [typeof(float)] = Serdes.Single,
        [typeof(double)] = Serdes.Double,
        [typeof(NoKey)] = Serdes.NoKey,
        [typeof(DataObject)] = DataSerdes.Json,
    };

    private readonly List<IJsonTypeInfoResolver> contexts = [];
    private JsonSerializerOptions? json;

    /// <summary>Uses <paramref name="serde"/> for <typeparamref name="T"/>.</summary>
    public SerdeRegistry Use<T>(ISerde<T> serde)
    {
        ArgumentNullException.ThrowIfNull(serde);
        serdes[typeof(T)] = serde;
        return this;
    }

    /// <summary>Takes the metadata of JSON types from <paramref name="context"/> where it has them.</summary>
    public SerdeRegistry Use(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (json is not null) throw new InvalidOperationException("register JSON contexts before the first stage that needs one");
        contexts.Add(context);
        return this;
    }

    /// <summary>The serde for <typeparamref name="T"/>.</summary>
    public ISerde<T> For<T>()
    {
        if (serdes.TryGetValue(typeof(T), out object? known)) return (ISerde<T>)known;
        ISerde<T> made = typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(ValueTuple<,>)
            ? MakePair<T>()
            : Serdes.Json((JsonTypeInfo<T>)JsonOptions.GetTypeInfo(typeof(T)));
        serdes[typeof(T)] = made;
        return made;
    }

    private JsonSerializerOptions JsonOptions => json ??= MakeJsonOptions();

    private JsonSerializerOptions MakeJsonOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine([.. contexts, new DefaultJsonTypeInfoResolver()]),
        };
        options.MakeReadOnly();
        return options;
    }

    private ISerde<T> MakePair<T>()
    {
        MethodInfo method = typeof(SerdeRegistry).GetMethod(nameof(Pair), BindingFlags.Instance | BindingFlags.NonPublic)!;
        return (ISerde<T>)method.MakeGenericMethod(typeof(T).GetGenericArguments()).Invoke(this, null)!;
    }

    private ISerde<(TFirst, TSecond)> Pair<TFirst, TSecond>() => Serdes.Pair(For<TFirst>(), For<TSecond>());
}
