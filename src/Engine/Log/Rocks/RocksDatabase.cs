using System.Runtime.InteropServices;
using System.Text;
using static StreamEngine.Log.Rocks.RocksNative;

namespace StreamEngine.Log.Rocks;

/// <summary>
/// An open RocksDB database with a fixed set of column families, each known by its place in the list it was opened with.
/// </summary>
/// <remarks>
/// Thread-safe, but for <see cref="Dispose"/>: it waits for calls under way, and whatever comes after it is refused. Every native
/// error becomes a <see cref="RocksException"/>.
/// </remarks>
internal sealed unsafe class RocksDatabase : IDisposable
{
    // RocksDB's numbers for what the C interface takes as an int.
    private const int TolerateTornTail = 0;
    private const int PointInTime = 2;
    private const int NoCompression = 0;
    private const int WarnLevel = 2;
    private const int UniversalCompaction = 1;

    private const int FilesMergedAt = 24;

    private readonly ReaderWriterLockSlim use = new(LockRecursionPolicy.SupportsRecursion);
    private readonly nint[] families;
    private readonly nint readOptions;
    private readonly nint scanOptions;
    private readonly nint syncedWrite;
    private readonly nint bufferedWrite;
    private nint db;

    private RocksDatabase(nint db, nint[] families)
    {
        this.db = db;
        this.families = families;
        readOptions = rocksdb_readoptions_create();
        scanOptions = rocksdb_readoptions_create();
        rocksdb_readoptions_set_fill_cache(scanOptions, 0);
        syncedWrite = rocksdb_writeoptions_create();
        rocksdb_writeoptions_set_sync(syncedWrite, 1);
        rocksdb_writeoptions_set_memtable_insert_hint_per_batch(syncedWrite, 1);
        bufferedWrite = rocksdb_writeoptions_create();
        rocksdb_writeoptions_set_memtable_insert_hint_per_batch(bufferedWrite, 1);
    }

    /// <summary>Opens a database for reading and writing; makes it when there is none.</summary>
    /// <param name="path">The database.</param>
    /// <param name="families">Its column families.</param>
    /// <param name="memory">The memory it may use.</param>
    /// <param name="recovery">What of an end that was cut off is let go.</param>
    /// <exception cref="RocksException">It is locked, damaged, or can't be reached.</exception>
    public static RocksDatabase Open(string path, IReadOnlyList<RocksFamily> families, RocksMemory memory, RocksRecovery recovery = RocksRecovery.Whole) =>
        Open(path, null, families, memory, create: true, recovery);

    /// <summary>
    /// Opens a database that another process may have open for writing, to read what it has written so far.
    /// </summary>
    /// <param name="path">The database.</param>
    /// <param name="ownPath">A folder for this reader's own log.</param>
    /// <param name="families">Its column families.</param>
    /// <param name="memory">The memory it may use.</param>
    /// <exception cref="RocksException">There is no such database, or it is damaged.</exception>
    public static RocksDatabase OpenSecondary(string path, string ownPath, IReadOnlyList<RocksFamily> families, RocksMemory memory) =>
        Open(path, ownPath, families, memory, create: false, RocksRecovery.Whole);

    /// <summary>The value under a key, copied into an array of its own; null when there is none.</summary>
    public byte[]? Get(int family, ReadOnlySpan<byte> key)
    {
        byte[]? value = null;
        TryGet(family, key, 0, (bytes, _) => value = bytes.ToArray());
        return value;
    }

    /// <summary>Hands the value under a key to <paramref name="read"/> where it lies.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryGet<TState>(int family, ReadOnlySpan<byte> key, TState state, Action<ReadOnlySpan<byte>, TState> read)
    {
        using Use used = Enter();
        byte* error = null;
        nint slice;
        fixed (byte* k = key) slice = rocksdb_get_pinned_cf(db, readOptions, families[family], k, (nuint)key.Length, &error);
        Check(error);
        if (slice == 0) return false;
        try
        {
            nuint length;
            byte* bytes = rocksdb_pinnableslice_value(slice, &length);
            read(new ReadOnlySpan<byte>(bytes, checked((int)length)), state);
            return true;
        }
        finally
        {
            rocksdb_pinnableslice_destroy(slice);
        }
    }

    /// <summary>A cursor over the keys of a family in order; dispose it on the thread that uses it.</summary>
    /// <param name="family">The family.</param>
    /// <param name="keepInCache">Whether what is read is likely to be read again soon.</param>
    public RocksCursor Scan(int family, bool keepInCache = false)
    {
        Use used = Enter();
        return new RocksCursor(rocksdb_create_iterator_cf(db, keepInCache ? readOptions : scanOptions, families[family]), used);
    }

    /// <summary>An empty batch for this database.</summary>
    public RocksBatch NewBatch() => new(families);

    /// <summary>Writes a batch in one act, and returns when it is durable.</summary>
    public void Write(RocksBatch batch) => Write(batch, syncedWrite);

    /// <summary>
    /// Writes a batch in one act, and returns when the operating system has it: it outlives this process, and the loss of power only once it was synced.
    /// </summary>
    public void WriteBuffered(RocksBatch batch) => Write(batch, bufferedWrite);

    /// <summary>Takes in what the writing process has written since (for a database opened as secondary).</summary>
    public void CatchUp()
    {
        using Use used = Enter();
        byte* error = null;
        rocksdb_try_catch_up_with_primary(db, &error);
        Check(error);
    }

    /// <summary>Makes a consistent copy by hard links; the folder must not exist, and lie on the same file system.</summary>
    public void Checkpoint(string path)
    {
        using Use used = Enter();
        byte* error = null;
        nint checkpoint = rocksdb_checkpoint_object_create(db, &error);
        Check(error);
        try
        {
            fixed (byte* p = Terminated(path)) rocksdb_checkpoint_create(checkpoint, p, 0, &error);
            Check(error);
        }
        finally
        {
            rocksdb_checkpoint_object_destroy(checkpoint);
        }
    }

    /// <summary>Reads every block of every file, and checks it.</summary>
    /// <exception cref="RocksException">One is damaged; the message names the file.</exception>
    public void VerifyChecksums()
    {
        using Use used = Enter();
        byte* error = null;
        rocksdb_verify_checksum(db, &error);
        Check(error);
    }

    /// <summary>Puts what is in memory into files, so that the next opening has nothing to replay.</summary>
    public void Flush()
    {
        using Use used = Enter();
        nint options = rocksdb_flushoptions_create();
        try
        {
            foreach (nint family in families)
            {
                byte* error = null;
                rocksdb_flush_cf(db, options, family, &error);
                Check(error);
            }
        }
        finally
        {
            rocksdb_flushoptions_destroy(options);
        }
    }

    /// <summary>A number that RocksDB knows of a family, by its name for it; null when it doesn't.</summary>
    public ulong? Property(int family, string name)
    {
        using Use used = Enter();
        ulong value;
        fixed (byte* n = Terminated(name)) return rocksdb_property_int_cf(db, families[family], n, &value) == 0 ? value : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        use.EnterWriteLock();
        try
        {
            if (db == 0) return;
            foreach (nint family in families) rocksdb_column_family_handle_destroy(family);
            rocksdb_close(db);
            rocksdb_readoptions_destroy(readOptions);
            rocksdb_readoptions_destroy(scanOptions);
            rocksdb_writeoptions_destroy(syncedWrite);
            rocksdb_writeoptions_destroy(bufferedWrite);
            db = 0;
        }
        finally
        {
            use.ExitWriteLock();
        }
    }

    /// <summary>Throws what a native call reported, and frees its text.</summary>
    internal static void Check(byte* error)
    {
        if (error == null) return;
        string message = Marshal.PtrToStringUTF8((nint)error) ?? "an error without a text";
        rocksdb_free(error);
        throw new RocksException(message);
    }

    private void Write(RocksBatch batch, nint options)
    {
        using Use used = Enter();
        byte* error = null;
        rocksdb_write(db, options, batch.Handle, &error);
        Check(error);
    }

    private Use Enter()
    {
        use.EnterReadLock();
        if (db != 0) return new Use(use);
        use.ExitReadLock();
        throw new ObjectDisposedException(nameof(RocksDatabase));
    }

    private static RocksDatabase Open(
        string path, string? secondaryPath, IReadOnlyList<RocksFamily> families, RocksMemory memory, bool create, RocksRecovery recovery)
    {
        nint cache = rocksdb_cache_create_lru((nuint)memory.CacheBytes);
        NativeMemory.Bound();
        nint options = DatabaseOptions(memory, create, secondaryPath is not null, recovery);
        var handles = new nint[families.Count];
        var familyOptions = new nint[families.Count];
        var names = new byte[families.Count][];
        var pins = new GCHandle[families.Count];
        var namePointers = new nint[families.Count];
        try
        {
            for (int i = 0; i < families.Count; i++)
            {
                familyOptions[i] = FamilyOptions(families[i], cache);
                names[i] = Terminated(families[i].Name);
                pins[i] = GCHandle.Alloc(names[i], GCHandleType.Pinned);
                namePointers[i] = pins[i].AddrOfPinnedObject();
            }

            byte* error = null;
            nint db;
            fixed (byte* p = Terminated(path))
            fixed (byte* s = secondaryPath is null ? null : Terminated(secondaryPath))
            fixed (nint* n = namePointers)
            fixed (nint* o = familyOptions)
            fixed (nint* h = handles)
            {
                db = secondaryPath is null
                    ? rocksdb_open_column_families(options, p, families.Count, (byte**)n, o, h, &error)
                    : rocksdb_open_as_secondary_column_families(options, p, s, families.Count, (byte**)n, o, h, &error);
            }

            Check(error);
            return new RocksDatabase(db, handles);
        }
        finally
        {
            // RocksDB copies options and counts its holds on the cache, so none of these needs to live on.
            foreach (GCHandle pin in pins)
            {
                if (pin.IsAllocated) pin.Free();
            }

            foreach (nint family in familyOptions)
            {
                if (family != 0) rocksdb_options_destroy(family);
            }

            rocksdb_options_destroy(options);
            rocksdb_cache_destroy(cache);
        }
    }

    private static nint DatabaseOptions(RocksMemory memory, bool create, bool secondary, RocksRecovery recovery)
    {
        nint options = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(options, create ? (byte)1 : (byte)0);
        rocksdb_options_set_create_missing_column_families(options, create ? (byte)1 : (byte)0);
        rocksdb_options_set_paranoid_checks(options, 1);

        // A torn record at the end is what a kill leaves behind. RocksDB's default would go further, and take damage in the middle of its
        // log for the end too: half of the commits gone, and no error.
        rocksdb_options_set_wal_recovery_mode(options, recovery == RocksRecovery.Whole ? TolerateTornTail : PointInTime);

        // A log that is let go from its first doubtful write on must not be one of many: a later one would be read as if nothing were missing before it.
        rocksdb_options_set_avoid_flush_during_recovery(options, recovery == RocksRecovery.Whole ? (byte)1 : (byte)0);

        // A torn end is tolerated in each of several logs, so one that is not the last could lose its end, and what follows would be read
        // as if nothing were missing between. The manifest then says how long it was.
        rocksdb_options_set_track_and_verify_wals_in_manifest(options, 1);

        // It says so only of what was synced. Where writes aren't, each of its logs notes what the one before it ended with; only the first of
        // several can't be missed so, should it be gone as a whole, which no kill and no loss of power does.
        if (recovery == RocksRecovery.Prefix) rocksdb_options_set_track_and_verify_wals(options, 1);
        rocksdb_options_set_db_write_buffer_size(options, (nuint)memory.WriteBuffersBytes);
        rocksdb_options_set_max_total_wal_size(options, Math.Max(memory.WriteBuffersBytes * 2, 64UL << 20));
        rocksdb_options_set_max_background_jobs(options, 2);
        rocksdb_options_set_keep_log_file_num(options, 4);
        rocksdb_options_set_max_log_file_size(options, 4 << 20);
        rocksdb_options_set_stats_dump_period_sec(options, 0);
        rocksdb_options_set_info_log_level(options, WarnLevel);

        // A secondary must hold every file open: the writer may delete one that is still needed here.
        rocksdb_options_set_max_open_files(options, secondary ? -1 : 512);
        return options;
    }

    private static nint FamilyOptions(RocksFamily family, nint cache)
    {
        nint options = rocksdb_options_create();
        rocksdb_options_set_write_buffer_size(options, (nuint)family.WriteBufferBytes);
        rocksdb_options_set_max_write_buffer_number(options, 3);
        rocksdb_options_set_compression(options, NoCompression);
        if (family.MergesBySize)
        {
            rocksdb_options_set_compaction_style(options, UniversalCompaction);

            // Values found by their exact keys through filters bear many files well, and each merge writes everything once more.
            rocksdb_options_set_level0_file_num_compaction_trigger(options, FilesMergedAt);
            rocksdb_options_set_level0_slowdown_writes_trigger(options, FilesMergedAt * 2);
            rocksdb_options_set_level0_stop_writes_trigger(options, FilesMergedAt * 3);
        }

        nint table = rocksdb_block_based_options_create();
        rocksdb_block_based_options_set_block_cache(table, cache);
        rocksdb_block_based_options_set_block_size(table, 16 << 10);
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1);
        if (family.Filter) rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10));
        rocksdb_options_set_block_based_table_factory(options, table);
        rocksdb_block_based_options_destroy(table);
        return options;
    }

    private static byte[] Terminated(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>Keeps the database open for one call.</summary>
    internal readonly struct Use(ReaderWriterLockSlim held) : IDisposable
    {
        public void Dispose() => held.ExitReadLock();
    }
}
