using StreamEngine.Flights.Checks;

namespace StreamEngine.Golden.Tests;

/// <summary>The checker itself: what it lets through, and what it must catch.</summary>
public sealed class CheckerTests
{
    private static readonly FlightRow Early = new("2001-01-01T00:01:00", "LAS", "PHL", 2176, 200);
    private static readonly FlightRow Late = new("2001-01-01T09:00:00", "LAS", "PHL", 2176, 3);
    private static readonly AirportDayRow Day = new(2, 1, 203, 200);

    private static readonly Answer Expected = new(
        new Dictionary<string, IReadOnlyList<FlightRow>> { ["LAS-PHL"] = [Early, Late] },
        new Dictionary<(string, string), AirportDayRow> { [("PHL", "2001-01-01")] = Day },
        [Early]);

    private static readonly Outcome Good = new(
        Expected.Flights,
        Expected.AirportDays,
        new Dictionary<(string, string), IReadOnlyList<AirportDayRow>> { [("PHL", "2001-01-01")] = [new AirportDayRow(1, 1, 200, 200), Day] },
        [Early]);

    [Fact]
    public void What_is_right_is_let_through() => Assert.Empty(Checker.Compare(Expected, Good));

    [Fact]
    public void A_planted_loss_is_caught() => Caught("lost", Flights(Early));

    [Fact]
    public void A_planted_double_is_caught() => Caught("doubled", Flights(Early, Late, Late));

    [Fact]
    public void A_planted_reordering_within_a_key_is_caught() => Caught("another order", Flights(Late, Early));

    [Fact]
    public void A_planted_loss_in_the_files_is_caught() => Caught("files: lost", Good with { LongDelays = [] });

    [Fact]
    public void A_planted_double_in_the_files_is_caught() => Caught("files: doubled", Good with { LongDelays = [Early, Early] });

    [Fact]
    public void A_row_of_the_table_that_counted_twice_is_caught() =>
        Caught("table", Good with { Table = new Dictionary<(string, string), AirportDayRow> { [("PHL", "2001-01-01")] = Day with { Flights = 3 } } });

    [Fact]
    public void A_row_that_is_missing_from_the_table_is_caught() => Caught("is lost", Good with { Table = new Dictionary<(string, string), AirportDayRow>() });

    [Fact]
    public void A_count_that_decreases_in_the_topic_is_caught() => Caught(
        "decrease",
        Good with { Topic = new Dictionary<(string, string), IReadOnlyList<AirportDayRow>> { [("PHL", "2001-01-01")] = [new AirportDayRow(3, 1, 200, 200), Day] } });

    private static Outcome Flights(params FlightRow[] flights) => Good with { Flights = new Dictionary<string, IReadOnlyList<FlightRow>> { ["LAS-PHL"] = flights } };

    private static void Caught(string problem, Outcome outcome) => Assert.Contains(Checker.Compare(Expected, outcome), found => found.Contains(problem, StringComparison.Ordinal));
}
