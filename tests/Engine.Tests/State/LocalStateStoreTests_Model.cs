using CsCheck;
using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.State;

namespace StreamEngine.Tests.State;

/// <summary>Whatever is written, dropped and opened again, the copies hold what dictionaries hold.</summary>
public class LocalStateStoreTests_Model
{
    private const int Keys = 6;

    private static readonly Gen<(int Copy, byte Key, byte? Value)> Changes = Gen.Select(Gen.Int[0, 3], Gen.Byte[0, Keys - 1], Gen.Byte.Nullable());

    private static readonly Gen<(int What, (int Copy, byte Key, byte? Value)[] Changes)[]> Histories = Gen.Select(Gen.Int[0, 9], Changes.Array[0, 8]).Array[1, 40];

    [Fact]
    public void The_copies_hold_what_dictionaries_do() => Histories.Sample(
        history =>
        {
            using var folder = new TemporaryFolder();
            LocalStateStore store = LocalStateStore.Open(folder.Path);
            var model = new Dictionary<int, (LocalStateBound? Bound, Dictionary<byte, byte> Values)>();
            try
            {
                long step = 0;
                foreach ((int what, (int Copy, byte Key, byte? Value)[] changes) in history)
                {
                    step++;
                    int first = changes.Length > 0 ? changes[0].Copy : 0;
                    if (what == 0)
                    {
                        store.Dispose();
                        store = LocalStateStore.Open(folder.Path);
                    }
                    else if (what == 1)
                    {
                        store.Drop(Copy(store, first));
                        model.Remove(first);
                    }
                    else
                    {
                        ILocalState[] copies = [.. Enumerable.Range(0, 4).Select(copy => Copy(store, copy))];
                        store.Write(batch => Apply(batch, copies, changes, first, step));
                        Apply(model, changes, first, step);
                    }

                    Compare(store, model);
                }
            }
            finally
            {
                store.Dispose();
            }
        },
        iter: PropertyRuns.Of(40));

    private static ILocalState Copy(LocalStateStore store, int number) => store.Open(number < 2 ? "one" : "another", number % 2);

    private static void Apply(ILocalStateBatch batch, ILocalState[] copies, (int Copy, byte Key, byte? Value)[] changes, int bounded, long step)
    {
        foreach ((int copy, byte key, byte? value) in changes)
        {
            if (value is { } set) batch.Put(copies[copy], [key], [set]);
            else batch.Delete(copies[copy], [key]);
        }

        batch.SetBound(copies[bounded], new LocalStateBound(step, -step));
    }

    private static void Apply(
        Dictionary<int, (LocalStateBound? Bound, Dictionary<byte, byte> Values)> model, (int Copy, byte Key, byte? Value)[] changes, int bounded, long step)
    {
        foreach ((int copy, byte key, byte? value) in changes)
        {
            if (!model.ContainsKey(copy)) model[copy] = (null, []);
            if (value is { } set) model[copy].Values[key] = set;
            else model[copy].Values.Remove(key);
        }

        model[bounded] = (new LocalStateBound(step, -step), model.TryGetValue(bounded, out var known) ? known.Values : []);
    }

    private static void Compare(LocalStateStore store, Dictionary<int, (LocalStateBound? Bound, Dictionary<byte, byte> Values)> model)
    {
        var value = new ByteWriter();
        for (int copy = 0; copy < 4; copy++)
        {
            ILocalState state = Copy(store, copy);
            (LocalStateBound? bound, Dictionary<byte, byte>? values) = model.GetValueOrDefault(copy);
            Assert.Equal(bound, state.Bound);
            for (byte key = 0; key < Keys; key++)
            {
                byte? expected = values is not null && values.TryGetValue(key, out byte set) ? set : null;
                Assert.Equal(expected, state.TryRead([key], value) ? value.Written[0] : null);
            }
        }
    }
}
