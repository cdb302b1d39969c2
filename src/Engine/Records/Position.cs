namespace StreamEngine.Records;

/// <summary>
/// The point from which a source partition resumes. It is written with every commit, so it is small and serialisable, and it names
/// what it points into: a topic that was deleted and made anew, or a file that was replaced, must not be mistaken for the old one.
/// </summary>
/// <param name="Into">
/// The identity of what is pointed into: a topic's id, the hash of a file's first bytes. The connector that wrote it judges it
/// when it is asked to resume from it.
/// </param>
/// <param name="At">The place itself in the connector's own notation: an offset, an LSN, <c>byte:line</c>.</param>
public sealed record Position(string Into, string At)
{
    /// <summary>The longest position that is accepted, in characters of both parts together.</summary>
    public const int LengthMax = 64 * 1024;

    /// <summary>The identity of what is pointed into.</summary>
    public string Into { get; init; } = Check(Into, At.Length);

    /// <summary>The place itself.</summary>
    public string At { get; init; } = At;

    /// <inheritdoc/>
    public override string ToString() => $"{At} in {Into}";

    private static string Check(string into, int rest) => into.Length + rest <= LengthMax
        ? into
        : throw new ArgumentException($"a position of {into.Length + rest} characters is too long, {LengthMax} may be: it begins {into[..Math.Min(into.Length, 80)]}");
}

/// <summary>
/// Where a record came from: the source of the task, the partition there, and the record's place in it (an offset, a line). It goes
/// with the record through the graph, into errors and dead letters.
/// </summary>
/// <param name="Source">The number of the source in its subgraph; -1 for a record that no single input record made.</param>
/// <param name="Partition">The number of the source partition, which is also the partition whose keyed state the record may touch.</param>
/// <param name="Offset">The place in the partition: an offset, or a line number.</param>
public readonly record struct Origin(int Source, int Partition, long Offset);
