namespace StreamEngine.Settings;

/// <summary>Finds the key that a misspelt one was meant to be.</summary>
internal static class NearestKey
{
    /// <summary>The known key that takes the fewest changes; null when none is near enough to be meant.</summary>
    public static string? To(string key, IEnumerable<string> known)
    {
        (string Key, int Distance) best = known.Select(candidate => (Key: candidate, Distance: Distance(key, candidate)))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Key, StringComparer.Ordinal).FirstOrDefault();
        return best.Key is not null && best.Distance <= Math.Max(2, LastPart(key) / 2) ? best.Key : null;
    }

    /// <summary>The end of a message about a name that isn't known: the one that was meant, in the form of a question; empty when none is near enough.</summary>
    public static string Hint(string key, IEnumerable<string> known) => To(key, known) is { } nearest ? $"; did you mean {nearest}?" : "";

    private static int LastPart(string key) => key.Length - (key.LastIndexOf('.') + 1);

    /// <summary>How many characters have to be changed, added or taken out to make one text of the other.</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int n = 1; n <= from.Length; n++)
        {
            int diagonal = row[0];
            row[0] = n;
            for (int m = 1; m <= to.Length; m++)
            {
                int changed = diagonal + (from[n - 1] == to[m - 1] ? 0 : 1);
                diagonal = row[m];
                row[m] = Math.Min(changed, Math.Min(row[m], row[m - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
