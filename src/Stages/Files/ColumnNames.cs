namespace StreamEngine.Files;

/// <summary>Compares names of columns with names of members: <c>unit_price</c>, <c>Unit Price</c> and <c>UnitPrice</c> are one.</summary>
internal static class ColumnNames
{
    /// <summary>The name without case, and without what joins its words.</summary>
    public static string Normalize(string name) => string.Concat(name.Where(c => c is not ('_' or '-' or ' ' or '\t'))).ToLowerInvariant();

    /// <summary>The columns of a file as errors list them.</summary>
    public static string Listed(IReadOnlyList<string> columns)
    {
        const int ShownMax = 40;
        string list = string.Join(", ", columns.Take(ShownMax).Select(BadRecordException.Shown));
        return columns.Count <= ShownMax ? list : $"{list} and {columns.Count - ShownMax} more";
    }

    /// <summary>The column whose name is most like one that is missing; null when none is.</summary>
    public static string? Nearest(string name, IReadOnlyList<string> columns)
    {
        string wanted = Normalize(name);
        (string Column, int Distance) best = columns.Select(column => (column, Distance(wanted, Normalize(column)))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return best.Distance <= Math.Max(1, wanted.Length / 3) ? best.Column : null;
    }

    /// <summary>How many letters have to be put in, left out or changed to make one of the other.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
