using System.Collections.Immutable;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;

namespace StreamEngine.Pipelines;

/// <summary>Where a pipeline is to begin after a reset.</summary>
internal abstract record ResetTarget
{
    private static readonly string[] TimeFormats = ["yyyy-MM-ddK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    /// <summary>Every source at the same kind of place.</summary>
    public sealed record Place(StartPlace At) : ResetTarget;

    /// <summary>Partitions of topics at offsets; what isn't named begins where its source says.</summary>
    public sealed record Offsets(ImmutableDictionary<(string Topic, int Partition), long> At) : ResetTarget;

    /// <summary>Reads a place as it is written on a command line: <c>earliest</c>, <c>latest</c>, a time, or <c>topic:partition=offset,...</c>.</summary>
    /// <exception cref="EngineException">It is none of these.</exception>
    public static ResetTarget Parse(string text)
    {
        if (text == "earliest") return new Place(new StartPlace(StartPlaceKind.Earliest));
        if (text == "latest") return new Place(new StartPlace(StartPlaceKind.Latest));
        if (DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return new Place(new StartPlace(StartPlaceKind.Time, time));
        }

        if (!text.Contains('=', StringComparison.Ordinal)) throw Unreadable(text, $"'{text}' is no place to begin");
        var offsets = ImmutableDictionary.CreateBuilder<(string, int), long>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split('=');
            string[] place = sides[0].Split(':');
            if (sides.Length != 2 || place.Length != 2 || !TopicSpec.IsValidName(place[0])
                || !int.TryParse(place[1], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                || !long.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
            {
                throw Unreadable(text, $"'{part}' is no topic:partition=offset");
            }

            if (offsets.ContainsKey((place[0], partition))) throw Unreadable(text, $"partition {partition} of topic {place[0]} is named twice");
            offsets.Add((place[0], partition), offset);
        }

        return new Offsets(offsets.ToImmutable());
    }

    private static EngineException Unreadable(string text, string what) => new(
        ErrorDomain.User, $"--to {text}: {what}", "Give earliest, latest, a time (2026-01-31T12:00:00Z; UTC unless it says otherwise), or topic:partition=offset,...");
}
