using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Diagnostics;

/// <summary>A stage failed on a record, and the pipeline's policy is that this fails the task.</summary>
public sealed class StageException : EngineException
{
    /// <summary>Makes an error of what a stage threw.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="label">Where it stands in its author's source.</param>
    /// <param name="place">Where the record is: topic, partition and offset, or file and line; null for a record that a stage made up.</param>
    /// <param name="cause">What it threw.</param>
    public StageException(string stage, SourceLabel label, string? place, Exception cause)
        : base(
            (cause as EngineException)?.Domain ?? ErrorDomain.User,
            $"stage {stage}, {label}: {(place is null ? "" : $"{place}: ")}{Describe(cause)}",
            (cause as EngineException)?.Remedy ??
            "Mend the stage or the record, and start again: the pipeline goes on from its last commit. Or set errors.tolerance = all to keep such records as " +
            "dead letters and go on.",
            cause)
    {
        Stage = stage;
    }

    /// <summary>The stage.</summary>
    public string Stage { get; }

    /// <inheritdoc/>
    public override bool IsTransient => InnerException is EngineException { IsTransient: true } or IOException or TimeoutException or HttpRequestException;

    /// <summary>An error in a line: its type where that says more than the text.</summary>
    public static string Describe(Exception error) => error is EngineException or SerdeException or IOException
        ? error.Message
        : $"{error.GetType().Name}: {error.Message}";
}
