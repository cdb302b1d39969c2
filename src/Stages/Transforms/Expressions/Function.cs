using StreamEngine.Records.Data;

namespace StreamEngine.Transforms.Expressions;

/// <summary>A function of expressions, as it is documented and checked.</summary>
/// <param name="Signature">How it is called: <c>substring(text, from [, length])</c>; square brackets are around what may be left out.</param>
/// <param name="Meaning">What it gives.</param>
/// <param name="Result">What it may turn out to be.</param>
/// <param name="Parameters">What each argument may be.</param>
internal sealed record Function(string Signature, string Meaning, ValueKinds Result, params ValueKinds[] Parameters)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = Signature[..Signature.IndexOf('(', StringComparison.Ordinal)];

    /// <summary>How many arguments it needs.</summary>
    public int Min { get; init; } = Parameters.Length;

    /// <summary>How many arguments it takes; the last parameter stands for those behind it too.</summary>
    public int Max { get; init; } = Parameters.Length;

    /// <summary>Works it out; an argument that isn't given is null. Called only if no argument is null, unless it is made otherwise.</summary>
    public Func<DataValue, DataValue, DataValue, DataValue>? Call { get; init; }

    /// <summary>Makes an expression of its own of it.</summary>
    public Func<string, Expression[], Expression>? Make { get; init; }

    /// <summary>What an argument may be.</summary>
    public ValueKinds Parameter(int n) => Parameters[Math.Min(n, Parameters.Length - 1)];
}
