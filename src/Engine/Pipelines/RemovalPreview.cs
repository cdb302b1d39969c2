using System.Globalization;
using StreamEngine.Commits;

namespace StreamEngine.Pipelines;

/// <summary>What a reset or a deletion of a pipeline does, found out before anything is changed.</summary>
/// <param name="Acts">What it does, in its order, then what it leaves.</param>
/// <param name="Reset">Where the pipeline is to begin afterwards, if not where its sources say.</param>
/// <param name="Topics">Topics of users that go too, because that was asked for.</param>
internal sealed record RemovalPreview(IReadOnlyList<RemovalAct> Acts, ResetRecord? Reset, IReadOnlyList<string> Topics);

/// <summary>One thing that a removal does or leaves.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="What">To what kind of thing.</param>
/// <param name="Name">Which one.</param>
/// <param name="Detail">How much of it, or why; empty when there is nothing to say.</param>
internal sealed record RemovalAct(RemovalKind Kind, string What, string Name, string Detail = "")
{
    /// <summary>The act as a line of fields with tabs between them.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}\t{What}\t{Name}{(Detail.Length == 0 ? "" : "\t")}{Detail}");
}

/// <summary>What a removal does.</summary>
internal enum RemovalKind
{
    /// <summary>Output that was committed and never made visible is made visible: it counts as written.</summary>
    Publish,

    /// <summary>Output that was staged and never committed is removed.</summary>
    Discard,

    /// <summary>It is removed.</summary>
    Remove,

    /// <summary>It is written anew.</summary>
    Set,

    /// <summary>It stays as it is, and can't be taken back by this.</summary>
    Keep,
}
