using System.Globalization;
using StreamEngine.Diagnostics;
using StreamEngine.State;
using StreamEngine.Tests.Children;

namespace StreamEngine.Tests.State;

/// <summary>Kills, damaged files and full disks: what is left is a whole round, or nothing and a warning.</summary>
public sealed class LocalStateStoreTests_Accidents : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WarningSink warnings = new();
    private int images;

    private string State => folder.Combine("state");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void When_a_process_is_killed_then_every_round_it_wrote_is_there_whole()
    {
        var random = new Random(20260302);
        long last = 0;
        for (int kill = 0; kill < 4; kill++)
        {
            using (ChildProcess child = ChildProcess.Start(["copy", State]))
            {
                for (int lines = random.Next(1, 600); lines > 0; lines--) last = Number(child.Output.ReadLine()!);
                last = child.Kill().Split('\n') is [.., var whole, _] ? Number(whole) : last;
            }

            using LocalStateStore store = Open(State);
            long found = new LocalStateRounds(store).Check($"kill {kill}");
            Assert.True(found >= last, $"kill {kill}: round {last} was written, {found} is there");
            last = found;
        }

        Assert.Empty(warnings.Texts);
    }

    [Fact]
    public void When_files_are_damaged_cut_or_missing_then_what_is_read_is_whole_and_older_or_begun_anew_with_a_warning()
    {
        foreach (bool closed in (bool[])[false, true])
        {
            SortedDictionary<string, byte[]> files = closed ? Closed() : Killed();
            string[] kinds = closed ? ["CURRENT", "MANIFEST", ".sst"] : ["CURRENT", "MANIFEST", ".sst", ".log"];
            foreach (string kind in kinds) Assert.Contains(files.Keys, name => name.Contains(kind, StringComparison.Ordinal) && files[name].Length > 0);

            // The first of several write-ahead logs leaves no trace when it is taken away whole, which takes a hand.
            string? first = files.Keys.FirstOrDefault(name => name.EndsWith(".log", StringComparison.Ordinal));
            foreach (string name in files.Keys.Where(name => kinds.Any(kind => name.Contains(kind, StringComparison.Ordinal)) && files[name].Length > 0))
            {
                int length = files[name].Length;
                if (name != first) Damaged(files, $"{name} is missing", path => File.Delete(Path.Combine(path, name)));
                foreach (int left in (int[])[0, length / 3, length - 1])
                {
                    Damaged(files, $"{left} of {length} bytes of {name}", path => File.WriteAllBytes(Path.Combine(path, name), files[name][..left]));
                }

                for (int n = 0; n < 6; n++)
                {
                    byte[] flipped = [.. files[name]];
                    flipped[length * n / 6] ^= 0x5A;
                    Damaged(files, $"byte {length * n / 6} of {length} of {name}", path => File.WriteAllBytes(Path.Combine(path, name), flipped));
                }
            }
        }
    }

    [Fact]
    public void When_a_block_is_found_damaged_while_it_is_read_then_the_task_is_told_and_the_next_opening_begins_anew()
    {
        foreach (bool sameProcess in (bool[])[true, false])
        {
            string path = Restored(WithADamagedBlock());
            LocalStateStore store = Open(path);
            try
            {
                var damaged = new LocalStateRounds(store);
                var error = Assert.Throws<LocalStateDamagedException>(() => damaged.Check("damaged"));
                Assert.True(error.IsTransient);
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
                Assert.True(Assert.ThrowsAny<EngineException>(() => damaged.Write()).IsTransient);
                if (!sameProcess)
                {
                    store.Dispose();
                    store = Open(path);
                }

                var anew = new LocalStateRounds(store);

                Assert.Equal(0, anew.Check("anew"));
                string warning = Assert.Single(warnings.Texts);
                Assert.Contains(path, warning, StringComparison.Ordinal);
                Assert.Contains("changelogs", warning, StringComparison.Ordinal);
                Assert.Equal(1, anew.Write());
                if (sameProcess) Assert.True(Assert.ThrowsAny<EngineException>(() => damaged.Check("before it was opened anew")).IsTransient);
                store.Dispose();
                store = Open(path);
                Assert.Equal(1, new LocalStateRounds(store).Check("the mark is gone"));
                Assert.Single(warnings.Texts);
            }
            finally
            {
                store.Dispose();
            }

            warnings.Clear();
        }
    }

    [Fact]
    public void Copies_of_another_version_are_begun_anew_with_a_warning()
    {
        using (LocalStateStore store = Open(State)) new LocalStateRounds(store).Write();
        using (var db = StreamEngine.Log.Rocks.RocksDatabase.Open(State, LocalStateLayout.Families, new StreamEngine.Log.Rocks.RocksMemory(1 << 20, 1 << 20)))
        using (StreamEngine.Log.Rocks.RocksBatch batch = db.NewBatch())
        {
            batch.Put(LocalStateLayout.Family, LocalStateLayout.VersionKey, LocalStateLayout.Number(99));
            db.Write(batch);
        }

        using LocalStateStore again = Open(State);

        Assert.Equal(0, new LocalStateRounds(again).Check("another version"));
        Assert.Contains("version 99", Assert.Single(warnings.Texts), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void When_the_disk_is_full_then_writes_fail_clearly_and_go_on_when_there_is_room()
    {
        using var disk = new SmallDisk(megabytes: 24);
        string path = Path.Combine(disk.Path, "state"), ballast = Path.Combine(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[12 << 20]);
        using LocalStateStore store = LocalStateStore.Open(path);
        var rounds = new LocalStateRounds(store);
        long last = 0;
        var error = Assert.Throws<EngineException>(() =>
        {
            while (last < 100_000) last = rounds.Write(valueBytes: 2000);
        });
        Assert.Equal(ErrorDomain.External, error.Domain);
        Assert.True(error.IsTransient);
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("Free space", error.Remedy, StringComparison.Ordinal);
        Assert.True(last > 5, $"{last} rounds fitted");

        File.Delete(ballast);
        var after = new LocalStateRounds(store);

        Assert.Equal(last, after.Check("room again"));
        Assert.Equal(last + 1, after.Write());
        after.Check("going on");
        Assert.Empty(warnings.Texts);
    }

    /// <summary>Damages a copy of the files, and checks what is read at two openings.</summary>
    private void Damaged(SortedDictionary<string, byte[]> files, string what, Action<string> damage)
    {
        string path = Restored(files);
        damage(path);
        for (int opening = 1; opening <= 2; opening++)
        {
            try
            {
                using LocalStateStore store = Open(path);
                long found = new LocalStateRounds(store).Check($"{what}, opening {opening}");

                // Files that end with a whole record are those of an earlier moment, which may be the first: the copy is older, and empty.
                bool mayBeOlder = what.Contains(".log", StringComparison.Ordinal) || what.Contains("bytes of MANIFEST", StringComparison.Ordinal);
                Assert.True(found > 0 || warnings.Texts.Count > 0 || mayBeOlder, $"{what}: nothing is left, and nothing was said");
            }
            catch (LocalStateDamagedException)
            {
                Assert.True(opening == 1, $"{what}: damaged at the second opening too");
            }
        }

        warnings.Clear();
        Directory.Delete(path, recursive: true);
    }

    /// <summary>The files of copies after they were closed: a table holds them.</summary>
    private SortedDictionary<string, byte[]> Closed(int valueBytes = 100)
    {
        string path = folder.Combine($"closed{images++}");
        using (LocalStateStore store = LocalStateStore.Open(path))
        {
            var rounds = new LocalStateRounds(store);
            for (int n = 0; n < 20; n++) rounds.Write(valueBytes);
        }

        return Read(path);
    }

    /// <summary>The files of copies that were written to when their process was killed, with several write-ahead logs.</summary>
    private SortedDictionary<string, byte[]> Killed()
    {
        const int KillsMax = 50;
        for (int kills = 0; kills < KillsMax; kills++)
        {
            string path = folder.Combine($"killed{images++}");
            using (ChildProcess child = ChildProcess.Start(["copy", path]))
            {
                for (int lines = 0; lines < 100 + (5 * kills); lines++) child.Output.ReadLine();
                child.Kill();
            }

            SortedDictionary<string, byte[]> files = Read(path);
            if (files.Keys.Count(name => name.EndsWith(".log", StringComparison.Ordinal) && files[name].Length > 1000) > 1) return files;
        }

        throw new InvalidOperationException($"none of {KillsMax} kills left several write-ahead logs behind");
    }

    /// <summary>Files of which the last block of values is damaged, and what is read at opening is not.</summary>
    private SortedDictionary<string, byte[]> WithADamagedBlock()
    {
        SortedDictionary<string, byte[]> files = Closed(valueBytes: 2000);
        string table = Assert.Single(files.Keys, name => name.EndsWith(".sst", StringComparison.Ordinal));
        files[table][files[table].AsSpan().LastIndexOf("20:"u8) + 50] ^= 0x5A;
        return files;
    }

    private static SortedDictionary<string, byte[]> Read(string path) => new(
        Directory.EnumerateFiles(path).Where(file => Path.GetFileName(file) != "LOCK").ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes),
        StringComparer.Ordinal);

    private string Restored(SortedDictionary<string, byte[]> files)
    {
        string path = folder.Combine($"restored{images++}");
        Directory.CreateDirectory(path);
        foreach ((string name, byte[] bytes) in files) File.WriteAllBytes(Path.Combine(path, name), bytes);
        return path;
    }

    private LocalStateStore Open(string path) => LocalStateStore.Open(path, LocalStateRounds.Options with { Logger = warnings.Logger });

    private static long Number(string line) => long.Parse(line, CultureInfo.InvariantCulture);
}
