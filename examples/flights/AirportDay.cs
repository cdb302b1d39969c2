namespace Flights;

/// <summary>The flights to an airport that left on a day.</summary>
/// <param name="Airport">The airport.</param>
/// <param name="Day">The day.</param>
/// <param name="Flights">How many.</param>
/// <param name="Late">How many were 15 minutes late or more.</param>
/// <param name="DelayMinutes">The sum of their delays.</param>
/// <param name="Worst">The largest delay.</param>
public sealed record AirportDay(string Airport, DateOnly Day, long Flights, long Late, long DelayMinutes, int Worst)
{
    /// <summary>No flight yet.</summary>
    public static AirportDay None { get; } = new("", default, 0, 0, 0, int.MinValue);

    /// <summary>The same with one flight more.</summary>
    public AirportDay With(Flight flight) => new(
        flight.Destination, flight.Day, Flights + 1, Late + (flight.Delay >= 15 ? 1 : 0), DelayMinutes + flight.Delay, Math.Max(Worst, flight.Delay));
}
