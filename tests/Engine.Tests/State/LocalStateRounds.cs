using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.State;

namespace StreamEngine.Tests.State;

/// <summary>
/// Rounds of writes to three copies, each in one act: round n sets every key to n, and the bounds too, and one key that no other round sets, so that what an accident
/// took can be told: a part of a round, or a round between others.
/// </summary>
internal sealed class LocalStateRounds
{
    private const int Keys = 20;

    private readonly LocalStateStore store;
    private readonly ILocalState[] copies;

    public LocalStateRounds(LocalStateStore store)
    {
        this.store = store;
        copies = [store.Open("one", 0), store.Open("one", 1), store.Open("another", 0)];
    }

    /// <summary>Small buffers, so that files are written and write-ahead logs change.</summary>
    public static LocalStateOptions Options { get; } = new() { WriteBuffersBytes = 256 << 10 };

    /// <summary>Writes the next round; returns its number.</summary>
    public long Write(int valueBytes = 100)
    {
        long round = Last() + 1;
        byte[] value = Encoding.ASCII.GetBytes($"{round}:".PadRight(valueBytes, (char)('a' + (round % 26))));
        store.Write(batch =>
        {
            foreach (ILocalState copy in copies)
            {
                for (int key = 0; key < Keys; key++) batch.Put(copy, Encoding.ASCII.GetBytes($"{key}"), value);
                batch.Put(copy, Own(round), value);
                batch.SetBound(copy, new LocalStateBound(round, 1000 + round));
            }
        });
        return round;
    }

    /// <summary>Checks that the copies hold a whole round, all the same one; returns its number, 0 where they are empty.</summary>
    public long Check(string when)
    {
        long last = Last();
        foreach (ILocalState copy in copies)
        {
            Assert.Equal((when, last == 0 ? null : new LocalStateBound(last, 1000 + last)), (when, copy.Bound));
            for (int key = 0; key < Keys; key++) Assert.Equal((when, key, last), (when, key, Value(copy, Encoding.ASCII.GetBytes($"{key}"))));
            for (long round = 1; round <= last + 1; round++) Assert.Equal((when, round, round <= last ? round : 0), (when, round, Value(copy, Own(round))));
        }

        return last;
    }

    private long Last() => copies[0].Bound?.Offset ?? 0;

    private static byte[] Own(long round) => Encoding.ASCII.GetBytes($"round {round}");

    private static long Value(ILocalState copy, byte[] key)
    {
        var value = new ByteWriter();
        if (!copy.TryRead(key, value)) return 0;
        string text = Encoding.ASCII.GetString(value.Written);
        return long.Parse(text.AsSpan(0, text.IndexOf(':', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);
    }
}
