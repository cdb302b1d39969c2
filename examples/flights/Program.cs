using Flights;
using StreamEngine.Contracts;
using StreamEngine.Files;
using StreamEngine.Hosting;
using StreamEngine.Operators;
using StreamEngine.Sql;

// Flights of January 2001: from a file into a topic, from there into a table, a compacted topic and files. All exactly-once.
Topic<string, Flight> flights = Topic.Of<string, Flight>("flights", partitions: 4);

return await StreamApp.Run(args, app =>
{
    app.Pipeline("ingest", p =>
    {
        p.Serdes.Use(FlightsJson.Default);
        p.From(Files.Csv<Flight>("data/flights-2001-01.csv.gz"))
            .WithEventTime(flight => flight.Departure)
            .KeyBy(flight => $"{flight.Origin}-{flight.Destination}")
            .To(flights);
    });

    app.Pipeline("airport-days", p =>
    {
        p.Serdes.Use(FlightsJson.Default);
        KeyedStream<string, AirportDay> days = p.From(flights)
            .Where(flight => flight.Distance >= 200)
            .KeyBy(flight => flight.Destination)
            .ThenBy(flight => flight.Day)
            .Aggregate(AirportDay.None, (day, flight) => day.With(flight), name: "airport-days")
            .KeyBy(day => $"{day.Airport} {day.Day:yyyy-MM-dd}");
        days.To(Topic.Of<string, AirportDay>("airport-days", partitions: 4).Compacted());
        days.To(Sqlite.Table<AirportDay>("flights.db", "airport_days", day => new { day.Airport, day.Day }));
    });

    app.Pipeline("long-delays", p =>
    {
        p.Serdes.Use(FlightsJson.Default);
        p.From(flights)
            .Where(flight => flight.Delay >= 180)
            .To(Files.JsonLines<Flight>("long-delays"));
    });
});
