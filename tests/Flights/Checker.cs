namespace StreamEngine.Flights.Checks;

/// <summary>Holds what the flights example gave against what it must give, row by row.</summary>
public static class Checker
{
    private const int ProblemsShown = 10;

    /// <summary>What is wrong; empty when nothing is.</summary>
    public static IReadOnlyList<string> Compare(Answer expected, Outcome actual)
    {
        var problems = new List<string>();
        CompareFlights(expected.Flights, actual.Flights, problems);
        CompareTable("table", expected.AirportDays, actual.Table, problems);
        CompareTable("last values of the topic", expected.AirportDays, actual.Topic.ToDictionary(entry => entry.Key, entry => entry.Value[^1]), problems);
        foreach (((string airport, string day), IReadOnlyList<AirportDayRow> values) in actual.Topic)
        {
            if (Enumerable.Range(1, values.Count - 1).Any(i => values[i].Flights < values[i - 1].Flights)) problems.Add($"topic: the flights of {airport} {day} decrease");
        }

        CompareRows("files", expected.LongDelays, actual.LongDelays, problems);
        return problems.Count <= ProblemsShown ? problems : [.. problems.Take(ProblemsShown), $"and {problems.Count - ProblemsShown} more"];
    }

    /// <summary>Each key of the topic must have the very flights of the file, in its order: losses, doubles and reorderings all show.</summary>
    private static void CompareFlights(
        IReadOnlyDictionary<string, IReadOnlyList<FlightRow>> expected, IReadOnlyDictionary<string, IReadOnlyList<FlightRow>> actual, List<string> problems)
    {
        foreach (string key in expected.Keys.Union(actual.Keys))
        {
            IReadOnlyList<FlightRow> wanted = expected.GetValueOrDefault(key) ?? [];
            IReadOnlyList<FlightRow> got = actual.GetValueOrDefault(key) ?? [];
            if (wanted.SequenceEqual(got)) continue;
            int before = problems.Count;
            CompareRows($"topic, key {key}", [.. wanted.Order(FlightRow.Order)], [.. got.Order(FlightRow.Order)], problems);
            if (problems.Count == before) problems.Add($"topic, key {key}: its {got.Count} flights are in another order");
        }
    }

    private static void CompareTable(
        string what, IReadOnlyDictionary<(string Airport, string Day), AirportDayRow> expected, IReadOnlyDictionary<(string Airport, string Day), AirportDayRow> actual, List<string> problems)
    {
        foreach (((string Airport, string Day) key, AirportDayRow row) in expected)
        {
            if (!actual.TryGetValue(key, out AirportDayRow? got)) problems.Add($"{what}: {key.Airport} {key.Day} is lost");
            else if (got != row) problems.Add($"{what}: {key.Airport} {key.Day} is {got}, not {row}");
        }

        problems.AddRange(actual.Keys.Except(expected.Keys).Select(key => $"{what}: {key.Airport} {key.Day} should not be there"));
    }

    /// <summary>Compares sorted rows, each as often as it is there.</summary>
    private static void CompareRows(string what, IReadOnlyList<FlightRow> expected, IReadOnlyList<FlightRow> actual, List<string> problems)
    {
        int i = 0, j = 0;
        while (i < expected.Count || j < actual.Count)
        {
            int order = i == expected.Count ? 1 : j == actual.Count ? -1 : FlightRow.Order.Compare(expected[i], actual[j]);
            if (order < 0) problems.Add($"{what}: lost {expected[i++]}");
            else if (order > 0) problems.Add($"{what}: doubled or made up {actual[j++]}");
            else
            {
                i++;
                j++;
            }
        }
    }
}
