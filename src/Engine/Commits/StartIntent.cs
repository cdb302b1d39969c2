namespace StreamEngine.Commits;

/// <summary>What a start is for.</summary>
internal enum StartIntent
{
    /// <summary>To run the pipeline.</summary>
    Run,

    /// <summary>To remove its positions, states and own topics, so that the next start begins at the beginning.</summary>
    Reset,

    /// <summary>To remove it altogether, but for its generation.</summary>
    Delete,
}
