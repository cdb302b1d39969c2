using System.Globalization;

namespace StreamEngine.Contracts;

/// <summary>A place in a source that doesn't depend on its partitions, to begin at where nothing was read, or after a reset.</summary>
/// <param name="Kind">What kind of place.</param>
/// <param name="Time">The event time, where it is one.</param>
public readonly record struct StartPlace(StartPlaceKind Kind, DateTimeOffset Time = default)
{
    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        StartPlaceKind.Time => string.Create(CultureInfo.InvariantCulture, $"the time {Time:yyyy-MM-ddTHH:mm:ss.FFFFFFFK}"),
        StartPlaceKind.Latest => "latest",
        _ => "earliest",
    };
}

/// <summary>A kind of place to begin at.</summary>
public enum StartPlaceKind
{
    /// <summary>The first record there is.</summary>
    Earliest,

    /// <summary>Behind the last record there is now.</summary>
    Latest,

    /// <summary>The first record of an event time, or a later one.</summary>
    Time,
}
