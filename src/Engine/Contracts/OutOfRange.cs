namespace StreamEngine.Contracts;

/// <summary>What becomes of a position in a topic whose records are gone: removed by retention before they were read, or lost.</summary>
public enum OutOfRange
{
    /// <summary>The pipeline fails, saying what is missing.</summary>
    Fail,

    /// <summary>Reading goes on with the first record there is; what lies between is lost, and the log says so.</summary>
    Earliest,

    /// <summary>Reading goes on behind the last record there is; what lies between is lost, and the log says so.</summary>
    Latest,
}
