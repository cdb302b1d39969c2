using System.Collections.Immutable;

namespace StreamEngine.Contracts.Catalogue;

/// <summary>
/// The options that a user gave, checked against their definitions, with defaults where none were given. Names are those of the definitions; asking for one
/// that isn't defined is an error of the asker.
/// </summary>
public interface IOptions
{
    /// <summary>Where the block is written, for labels: <c>orders.conf:12</c>.</summary>
    (string File, int Line) Place { get; }

    /// <summary>
    /// Kafka clusters that the settings name (<c>stream-engine.clusters</c>), by their names.
    /// </summary>
    IReadOnlyDictionary<string, NamedCluster> Clusters => ImmutableDictionary<string, NamedCluster>.Empty;

    /// <summary>Whether the user gave it, or it has a default.</summary>
    bool Has(string name);

    /// <summary>Whether the user gave it; a default doesn't count.</summary>
    bool IsGiven(string name);

    /// <summary>A text, a choice, the path of a field or an expression, as it is written.</summary>
    string Text(string name);

    /// <summary>A whole number.</summary>
    long Integer(string name);

    /// <summary>A number.</summary>
    double Number(string name);

    /// <summary>A flag.</summary>
    bool Flag(string name);

    /// <summary>A duration.</summary>
    TimeSpan Duration(string name);

    /// <summary>A size in bytes.</summary>
    long Size(string name);

    /// <summary>A point in time.</summary>
    DateTimeOffset Time(string name);

    /// <summary>A value of any kind.</summary>
    Records.Data.DataValue Value(string name);

    /// <summary>The texts of a list of texts, choices, fields or expressions; empty when there are none.</summary>
    IReadOnlyList<string> Texts(string name);

    /// <summary>The options of an object.</summary>
    IOptions Object(string name);

    /// <summary>The items of a list of objects; empty when there are none.</summary>
    IReadOnlyList<IOptions> Objects(string name);

    /// <summary>
    /// The names of a map with their items, in the order in which they are written; empty when there are none. An item that is no object is asked for under
    /// the empty name.
    /// </summary>
    IReadOnlyList<KeyValuePair<string, IOptions>> Map(string name);
}
