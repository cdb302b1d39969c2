using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.State;

namespace StreamEngine.Tests.State;

public sealed class LocalStateStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WarningSink warnings = new();

    private string State => folder.Combine("state");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_copy_is_none_until_its_bound_is_written()
    {
        using LocalStateStore store = Open();
        ILocalState copy = store.Open("counts", 0);
        Assert.Null(copy.Bound);
        Assert.Null(Read(copy, "a"));

        store.Write(batch =>
        {
            batch.Put(copy, "a"u8, "1"u8);
            batch.SetBound(copy, new LocalStateBound(7, 1234));
        });

        Assert.Equal(new LocalStateBound(7, 1234), copy.Bound);
        Assert.Equal("1", Read(copy, "a"));
    }

    [Fact]
    public void Copies_of_other_partitions_and_changelogs_are_apart_whatever_their_names_and_keys()
    {
        using LocalStateStore store = Open();
        (string, int)[] names = [("counts", 0), ("counts", 1), ("counts\0", 0), ("c", 0x6F756E74), ("countsé", 0), ("counts", int.MaxValue)];
        string[] keys = ["", "a", "\0", "\0\0\0\u0001", "v", "n", new('k', 300), new('k', 70_000)];
        ILocalState[] copies = [.. names.Select(name => store.Open(name.Item1, name.Item2))];
        store.Write(batch =>
        {
            for (int n = 0; n < names.Length; n++)
            {
                foreach (string key in keys) batch.Put(copies[n], Bytes(key), Bytes($"{names[n]} {key}"));
            }
        });

        foreach ((string changelog, int partition) in names)
        {
            Assert.All(keys, key => Assert.Equal($"{(changelog, partition)} {key}", Read(store.Open(changelog, partition), key)));
        }
    }

    [Fact]
    public void What_was_written_is_there_when_it_is_opened_again()
    {
        using (LocalStateStore store = Open())
        {
            ILocalState copy = store.Open("counts", 3);
            store.Write(batch =>
            {
                batch.Put(copy, "a"u8, "1"u8);
                batch.Put(copy, "b"u8, ""u8);
                batch.Put(copy, "c"u8, "3"u8);
                batch.Delete(copy, "c"u8);
                batch.SetBound(copy, new LocalStateBound(1, 2));
                batch.SetBound(copy, new LocalStateBound(3, 4));
            });
        }

        using LocalStateStore again = Open();
        ILocalState found = again.Open("counts", 3);
        Assert.Equal(new LocalStateBound(3, 4), found.Bound);
        Assert.Equal(["1", "", null], new[] { "a", "b", "c" }.Select(key => Read(found, key)));
        Assert.Empty(warnings.Texts);
    }

    [Fact]
    public void A_write_whose_filling_fails_leaves_nothing()
    {
        using LocalStateStore store = Open();
        ILocalState copy = store.Open("counts", 0);

        Assert.Throws<NotFiniteNumberException>(() => store.Write(batch =>
        {
            batch.Put(copy, "a"u8, "1"u8);
            throw new NotFiniteNumberException();
        }));

        Assert.Null(Read(copy, "a"));
        store.Write(batch => batch.Put(copy, "b"u8, "2"u8));
        Assert.Equal([null, "2"], new[] { "a", "b" }.Select(key => Read(copy, key)));
    }

    [Fact]
    public void A_dropped_copy_is_empty_takes_nothing_and_leaves_the_others_alone()
    {
        ILocalState kept;
        using (LocalStateStore store = Open())
        {
            ILocalState dropped = store.Open("counts", 0);
            kept = store.Open("counts", 1);
            foreach (ILocalState copy in (ILocalState[])[dropped, kept]) store.Write(batch => Fill(batch, copy));

            store.Drop(dropped);
            store.Drop(dropped);

            Assert.Null(dropped.Bound);
            Assert.Null(Read(dropped, "a"));
            Assert.Throws<InvalidOperationException>(() => store.Write(batch => batch.Put(dropped, "a"u8, "2"u8)));
            ILocalState anew = store.Open("counts", 0);
            Assert.NotSame(dropped, anew);
            Assert.Null(anew.Bound);
            Assert.Null(Read(anew, "a"));
            Assert.Equal("1", Read(kept, "a"));
        }

        using LocalStateStore again = Open();
        Assert.Null(Read(again.Open("counts", 0), "a"));
        Assert.Equal("1", Read(again.Open("counts", 1), "a"));
        Assert.Equal(new LocalStateBound(9, 9), again.Open("counts", 1).Bound);
    }

    [Fact]
    public void A_copy_of_another_store_is_refused()
    {
        using LocalStateStore store = Open(), other = LocalStateStore.Open(folder.Combine("other"));
        ILocalState copy = store.Open("counts", 0), foreign = other.Open("counts", 0);
        Assert.Throws<EngineException>(() => store.Write(batch => batch.Put(foreign, "a"u8, "1"u8)));
        Assert.Throws<EngineException>(() => store.Drop(foreign));
        Assert.Null(Read(copy, "a"));
    }

    [Fact]
    public void A_folder_that_another_has_open_is_refused_and_stays_as_it_is()
    {
        using LocalStateStore store = Open();
        ILocalState copy = store.Open("counts", 0);
        store.Write(batch => Fill(batch, copy));

        var error = Assert.Throws<EngineException>(Open);

        Assert.Contains(State, error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorDomain.User, error.Domain);
        Assert.Equal("1", Read(copy, "a"));
        Assert.Empty(warnings.Texts);
    }

    [Fact]
    public void What_comes_after_the_end_is_refused()
    {
        LocalStateStore store = Open();
        ILocalState copy = store.Open("counts", 0);
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Open("counts", 0));
        Assert.Throws<ObjectDisposedException>(() => store.Write(batch => Fill(batch, copy)));
        Assert.Throws<ObjectDisposedException>(() => Read(copy, "a"));
    }

    [Fact]
    public async Task Several_tasks_read_and_write_side_by_side_while_others_come_and_go()
    {
        using LocalStateStore store = LocalStateStore.Open(State, LocalStateRounds.Options);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(task => Task.Run(() =>
        {
            for (int round = 1; round <= 300; round++)
            {
                ILocalState copy = store.Open("counts", task), passing = store.Open("passing", task);
                store.Write(batch =>
                {
                    batch.Put(copy, "a"u8, Bytes($"{task}:{round}"));
                    batch.Put(passing, "a"u8, Bytes($"{round}"));
                });
                Assert.Equal($"{task}:{round}", Read(copy, "a"));
                store.Drop(passing);
                Assert.Null(Read(passing, "a"));
            }
        })));
    }

    private LocalStateStore Open() => LocalStateStore.Open(State, new LocalStateOptions { Logger = warnings.Logger });

    private static void Fill(ILocalStateBatch batch, ILocalState copy)
    {
        batch.Put(copy, "a"u8, "1"u8);
        batch.SetBound(copy, new LocalStateBound(9, 9));
    }

    private static string? Read(ILocalState copy, string key)
    {
        var value = new ByteWriter();
        value.Write("rest"u8);
        return copy.TryRead(Bytes(key), value) ? Encoding.UTF8.GetString(value.Written) : null;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
