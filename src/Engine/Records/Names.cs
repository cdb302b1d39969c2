using System.Diagnostics.CodeAnalysis;

namespace StreamEngine.Records;

/// <summary>
/// The rule that names of pipelines, stages, subgraphs and states share: letters, digits, <c>-</c> and <c>_</c>, at most
/// <see cref="LengthMax"/> characters, beginning with a letter or digit. Names are joined with <see cref="Separator"/>, which no
/// name can contain, so that joined names can't collide.
/// </summary>
public static class NameRule
{
    /// <summary>The longest name, in characters; joined names stay below the 249 that Kafka allows a topic.</summary>
    public const int LengthMax = 64;

    /// <summary>Joins names: <c>streamengine.orders.by-customer</c>.</summary>
    public const char Separator = '.';

    /// <summary>Whether <paramref name="name"/> may name a pipeline, a stage, a subgraph or a state.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > LengthMax || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        }

        return true;
    }

    /// <summary>Returns <paramref name="name"/>, or throws what tells the author of a pipeline which names there may be.</summary>
    /// <exception cref="ArgumentException">The name breaks the rule.</exception>
    public static string Check(string? name, string what) => IsValid(name)
        ? name
        : throw new ArgumentException(
            $"'{name}' can't name {what}: letters, digits, '-' and '_' may be used, at most {LengthMax} of them, a letter or digit first");
}

/// <summary>The name of a pipeline; unique in an engine.</summary>
public readonly record struct PipelineName
{
    /// <summary>Makes a name.</summary>
    /// <exception cref="ArgumentException">The name breaks <see cref="NameRule"/>.</exception>
    public PipelineName(string value) => Value = NameRule.Check(value, "a pipeline");

    /// <summary>The name itself.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A task of a pipeline: the subgraph it runs and its number in that subgraph, from 0.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Subgraph">The subgraph's name, unique in the pipeline.</param>
/// <param name="Number">From 0 to one below the number of tasks of the subgraph in this start.</param>
public readonly record struct TaskId(PipelineName Pipeline, string Subgraph, int Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Pipeline}/{Subgraph}/{Number}";
}

/// <summary>
/// The number of a pipeline's start. Every writer carries it, and an older one is refused.
/// </summary>
public readonly record struct Generation(long Value) : IComparable<Generation>
{
    /// <summary>Before the first start.</summary>
    public static readonly Generation None;

    /// <summary>The generation of the start that follows.</summary>
    public Generation Next() => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Generation other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> is older.</summary>
    public static bool operator <(Generation left, Generation right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is younger.</summary>
    public static bool operator >(Generation left, Generation right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is older or the same.</summary>
    public static bool operator <=(Generation left, Generation right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is younger or the same.</summary>
    public static bool operator >=(Generation left, Generation right) => left.Value >= right.Value;
}

/// <summary>
/// The number of a task's epoch: what one commit makes visible. Counted per task over all its attempts and starts, from 1; 0 means
/// that nothing was committed yet.
/// </summary>
public readonly record struct Epoch(long Value) : IComparable<Epoch>
{
    /// <summary>Before the first commit.</summary>
    public static readonly Epoch None;

    /// <summary>The epoch that continues this one.</summary>
    public Epoch Next() => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="left"/> came before.</summary>
    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> came after.</summary>
    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> came before, or is the same.</summary>
    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> came after, or is the same.</summary>
    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;
}
