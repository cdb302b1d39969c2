namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>The checker sees what it is there for: one record lost, doubled, or in another's place.</summary>
public sealed class TotalsCheckerTests
{
    private static readonly Dictionary<string, long> Put = new() { ["a"] = 6, ["b"] = 6 };

    private static readonly IReadOnlyList<Entry> Entries = [.. Enumerable.Range(1, 6).SelectMany(n => new[] { new Entry("a", n), new Entry("b", n) })];

    /// <summary>As of commits behind every second value.</summary>
    private static readonly IReadOnlyList<Total> Totals = [.. Totalled(Entries)];

    public static TheoryData<int> Places => [.. Enumerable.Range(0, Entries.Count)];

    [Fact]
    public void What_is_right_is_found_right()
    {
        Assert.Equal(6, Totals.Count);
        Assert.Empty(TotalsChecker.CompareEntries(Put, Entries));
        Assert.Empty(TotalsChecker.CompareTotals(Put, Totals));
        Assert.Empty(TotalsChecker.CompareReaders("output", Totals, [.. Totals.OrderBy(total => total.Key)], total => total.Key));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_lost_value_is_found_among_the_values_and_in_the_totals(int place) => AssertFound([.. Entries.Take(place), .. Entries.Skip(place + 1)]);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_doubled_value_is_found_among_the_values_and_in_the_totals(int place) => AssertFound([.. Entries.Take(place), Entries[place], .. Entries.Skip(place)]);

    [Theory]
    [MemberData(nameof(Places))]
    public void Values_of_a_key_that_changed_places_are_found_among_the_values(int place)
    {
        int with = place + 2 < Entries.Count ? place + 2 : place - 2;
        List<Entry> changed = [.. Entries];
        (changed[place], changed[with]) = (changed[with], changed[place]);

        Assert.NotEmpty(TotalsChecker.CompareEntries(Put, changed));
    }

    [Fact]
    public void Values_that_changed_places_at_a_commit_are_found_in_the_totals()
    {
        // The second and the third of a: the commit between them has seen another last value, and another sum.
        List<Entry> changed = [.. Entries];
        (changed[2], changed[4]) = (changed[4], changed[2]);

        Assert.NotEmpty(TotalsChecker.CompareTotals(Put, Totalled(changed)));
    }

    [Fact]
    public void A_total_that_is_written_twice_is_found() => Assert.NotEmpty(TotalsChecker.CompareTotals(Put, [.. Totals.Take(2), Totals[1], .. Totals.Skip(2)]));

    [Fact]
    public void Totals_of_a_key_that_changed_places_are_found() => Assert.NotEmpty(TotalsChecker.CompareTotals(Put, [Totals[2], Totals[1], Totals[0], .. Totals.Skip(3)]));

    [Fact]
    public void A_last_total_that_is_missing_is_found() => Assert.NotEmpty(TotalsChecker.CompareTotals(Put, Totals.Take(5)));

    [Fact]
    public void A_key_that_nobody_put_in_is_found()
    {
        Assert.NotEmpty(TotalsChecker.CompareEntries(Put, [.. Entries, new Entry("c", 1)]));
        Assert.NotEmpty(TotalsChecker.CompareTotals(Put, [.. Totals, Total.Of("c", 1)]));
    }

    [Fact]
    public void A_record_that_only_one_reader_saw_is_found() =>
        Assert.NotEmpty(TotalsChecker.CompareReaders("output", Totals, Totals.Skip(1), total => total.Key));

    private static void AssertFound(IReadOnlyList<Entry> entries)
    {
        Assert.NotEmpty(TotalsChecker.CompareEntries(Put, entries));
        Assert.NotEmpty(TotalsChecker.CompareTotals(Put, Totalled(entries)));
    }

    /// <summary>What an aggregate makes of values, whatever they are: a total behind every second one of a key, and behind its last.</summary>
    private static IEnumerable<Total> Totalled(IReadOnlyList<Entry> entries) => entries.GroupBy(entry => entry.Key).SelectMany(values =>
    {
        long[] numbers = [.. values.Select(value => value.Number)];
        return Enumerable.Range(1, numbers.Length).Where(count => count % 2 == 0 || count == numbers.Length)
            .Select(count => new Total(values.Key, count, numbers.Take(count).Sum(), numbers.Take(count).Max(), numbers[count - 1]));
    });
}
