namespace StreamEngine.Diagnostics;

/// <summary>Who can mend an error.</summary>
public enum ErrorDomain
{
    /// <summary>The author of the pipeline or of its configuration, or who feeds it its input.</summary>
    User,

    /// <summary>Whoever runs what lies outside: a database, a disk, a network. It may mend itself.</summary>
    External,

    /// <summary>Whoever runs the engine's own data: it is damaged, or of another version.</summary>
    Data,

    /// <summary>The engine's developers: an invariant is broken.</summary>
    Internal,
}

/// <summary>
/// An error that says where, what, and what to do next, to the operator; and whether trying again can help, to the pipeline.
/// </summary>
public class EngineException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="domain">Who can mend it.</param>
    /// <param name="message">Where it happened and what is wrong.</param>
    /// <param name="remedy">What to do; a sentence, or several.</param>
    /// <param name="inner">The error it came from.</param>
    public EngineException(ErrorDomain domain, string message, string remedy, Exception? inner = null)
        : base(message, inner)
    {
        Domain = domain;
        Remedy = remedy;
    }

    /// <summary>Who can mend it.</summary>
    public ErrorDomain Domain { get; }

    /// <summary>What to do.</summary>
    public string Remedy { get; }

    /// <summary>Whether it may go away by itself, so that a restart is worth trying.</summary>
    public virtual bool IsTransient => Domain == ErrorDomain.External;
}
