namespace StreamEngine.Files;

/// <summary>Where a record lies in a window.</summary>
/// <param name="Length">How many bytes it takes with its line break.</param>
/// <param name="ContentLength">How many without.</param>
/// <param name="Lines">How many lines it takes.</param>
internal readonly record struct RecordExtent(int Length, int ContentLength, int Lines);

/// <summary>What a window begins with.</summary>
internal enum RecordKind
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>An empty line that is none.</summary>
    Blank,

    /// <summary>A line at which no record begins that can be read.</summary>
    Malformed,

    /// <summary>Less than a record: more has to be read first.</summary>
    Partial,
}
