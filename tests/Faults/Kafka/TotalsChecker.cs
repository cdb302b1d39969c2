namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>Holds what the pipeline wrote against what was put in: every loss, double and reordering of one record shows.</summary>
internal static class TotalsChecker
{
    private const int ProblemsShown = 10;

    /// <summary>What is wrong with the values between the subgraphs; empty when nothing is.</summary>
    /// <param name="put">How many values each key has had.</param>
    /// <param name="entries">The values in the order in which a reader saw them; only that of one key matters.</param>
    public static IReadOnlyList<string> CompareEntries(IReadOnlyDictionary<string, long> put, IEnumerable<Entry> entries)
    {
        var problems = new List<string>();
        var last = new Dictionary<string, long>();
        foreach (Entry entry in entries)
        {
            long wanted = last.GetValueOrDefault(entry.Key) + 1;
            if (entry.Number > wanted) problems.Add($"key {entry.Key}: {entry.Number} follows {wanted - 1}: lost, or reordered");
            if (entry.Number < wanted) problems.Add($"key {entry.Key}: {entry.Number} follows {wanted - 1}: doubled, or reordered");
            last[entry.Key] = entry.Number;
        }

        CompareEnds(put, last, problems);
        return First(problems);
    }

    /// <summary>What is wrong with the totals; empty when nothing is.</summary>
    /// <param name="put">How many values each key has had.</param>
    /// <param name="totals">The totals in the order in which a reader saw them; only that of one key matters.</param>
    public static IReadOnlyList<string> CompareTotals(IReadOnlyDictionary<string, long> put, IEnumerable<Total> totals)
    {
        var problems = new List<string>();
        var last = new Dictionary<string, long>();
        foreach (Total total in totals)
        {
            long before = last.GetValueOrDefault(total.Key);
            if (total.Count <= before) problems.Add($"key {total.Key}: a count of {total.Count} follows one of {before}: written twice, or reordered");
            if (total != Total.Of(total.Key, total.Most)) problems.Add($"key {total.Key}: {total} isn't what the values from 1 to {total.Most} give: lost, doubled or reordered");
            last[total.Key] = total.Count;
        }

        CompareEnds(put, last, problems);
        return First(problems);
    }

    /// <summary>What differs between what two readers saw of a topic; empty when nothing does.</summary>
    public static IReadOnlyList<string> CompareReaders<T>(string topic, IEnumerable<T> during, IEnumerable<T> after, Func<T, string> key)
    {
        ILookup<string, T> seen = during.ToLookup(key), there = after.ToLookup(key);
        return First([
            .. seen.Select(values => values.Key).Union(there.Select(values => values.Key)).Where(name => !seen[name].SequenceEqual(there[name]))
                .Select(name => $"{topic}, key {name}: a reader saw {seen[name].Count()} records during the faults, and {there[name].Count()} are there, or others"),
        ]);
    }

    private static void CompareEnds(IReadOnlyDictionary<string, long> put, Dictionary<string, long> last, List<string> problems)
    {
        foreach (string key in put.Keys.Union(last.Keys))
        {
            long wanted = put.GetValueOrDefault(key), got = last.GetValueOrDefault(key);
            if (wanted != got) problems.Add($"key {key}: it ends with {got}, and {wanted} were put in");
        }
    }

    private static IReadOnlyList<string> First(List<string> problems) =>
        problems.Count <= ProblemsShown ? problems : [.. problems.Take(ProblemsShown), $"and {problems.Count - ProblemsShown} more"];
}
