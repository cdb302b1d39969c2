namespace StreamEngine.Settings.Hocon;

/// <summary>Where something is written.</summary>
/// <param name="Origin">The file as it was named, or what else it comes from: <c>reference.conf</c>, <c>environment</c>, <c>--set</c>.</param>
/// <param name="Line">From 1; 0 where there are no lines.</param>
/// <param name="Column">From 1, in characters; 0 where there are none.</param>
internal readonly record struct SourcePlace(string Origin, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? Origin : $"{Origin}:{Line}:{Column}";
}
