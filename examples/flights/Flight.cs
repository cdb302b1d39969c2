using System.Text.Json.Serialization;

namespace Flights;

/// <summary>A flight, as a line of the file has it.</summary>
/// <param name="Departure">When it left, by the clocks there.</param>
/// <param name="Origin">The airport it left from.</param>
/// <param name="Destination">The airport it went to.</param>
/// <param name="Distance">Miles.</param>
/// <param name="Delay">How late it arrived, in minutes; negative when it was early.</param>
public sealed record Flight(DateTime Departure, string Origin, string Destination, int Distance, int Delay)
{
    /// <summary>The day it left.</summary>
    [JsonIgnore]
    public DateOnly Day => DateOnly.FromDateTime(Departure);
}
