using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEngine.Log.Rocks;

/// <summary>
/// The functions of RocksDB's C interface (<c>include/rocksdb/c.h</c>) that the log needs, called directly on the native library that
/// the RocksDB package brings.
/// </summary>
/// <remarks>
/// The package's own managed wrapper emits code for all of its 2,600 functions when it is first touched, which takes 0.25 s of every
/// start published and more than 0.4 s built (these take 0.02 s); it has no status of an iterator, so that a damaged block reads as
/// the end of the data; and its handles without finaliser leak.
/// </remarks>
internal static unsafe partial class RocksNative
{
    private const string Library = "rocksdb";

    static RocksNative() => NativeLibrary.SetDllImportResolver(typeof(RocksNative).Assembly, Resolve);

    /// <summary>Loads the library, so that the first call needn't.</summary>
    public static void Load() => RuntimeHelpers.RunClassConstructor(typeof(RocksNative).TypeHandle);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        if (NativeLibrary.TryLoad(name, assembly, path, out nint handle)) return handle;
        // Alpine's C library is musl, for which the package carries a build of another name.
        return NativeLibrary.TryLoad("librocksdb-musl", assembly, path, out handle) ? handle : 0;
    }

    [LibraryImport(Library)] public static partial void rocksdb_free(void* pointer);

    // Options
    [LibraryImport(Library)] public static partial nint rocksdb_options_create();
    [LibraryImport(Library)] public static partial void rocksdb_options_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_create_if_missing(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_create_missing_column_families(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_paranoid_checks(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_wal_recovery_mode(nint options, int mode);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_track_and_verify_wals_in_manifest(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_track_and_verify_wals(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_avoid_flush_during_recovery(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_open_files(nint options, int count);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_write_buffer_size(nint options, nuint bytes);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_write_buffer_number(nint options, int count);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_db_write_buffer_size(nint options, nuint bytes);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_total_wal_size(nint options, ulong bytes);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_background_jobs(nint options, int count);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_compression(nint options, int type);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_compaction_style(nint options, int style);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_level0_file_num_compaction_trigger(nint options, int files);

    [LibraryImport(Library)] public static partial void rocksdb_options_set_level0_slowdown_writes_trigger(nint options, int files);

    [LibraryImport(Library)] public static partial void rocksdb_options_set_level0_stop_writes_trigger(nint options, int files);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_keep_log_file_num(nint options, nuint count);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_max_log_file_size(nint options, nuint bytes);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_stats_dump_period_sec(nint options, uint seconds);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_info_log_level(nint options, int level);
    [LibraryImport(Library)] public static partial void rocksdb_options_set_block_based_table_factory(nint options, nint table);
    [LibraryImport(Library)] public static partial nint rocksdb_block_based_options_create();
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_destroy(nint table);
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_set_block_cache(nint table, nint cache);
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_set_block_size(nint table, nuint bytes);
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_set_filter_policy(nint table, nint policy);
    [LibraryImport(Library)] public static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);
    [LibraryImport(Library)] public static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks(nint table, byte value);
    [LibraryImport(Library)] public static partial nint rocksdb_cache_create_lru(nuint bytes);
    [LibraryImport(Library)] public static partial void rocksdb_cache_destroy(nint cache);

    // Database
    [LibraryImport(Library)]
    public static partial nint rocksdb_open_column_families(nint options, byte* path, int count, byte** names, nint* familyOptions, nint* families, byte** error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_open_as_secondary_column_families(
        nint options, byte* path, byte* secondaryPath, int count, byte** names, nint* familyOptions, nint* families, byte** error);

    [LibraryImport(Library)] public static partial void rocksdb_close(nint db);
    [LibraryImport(Library)] public static partial void rocksdb_verify_checksum(nint db, byte** error);
    [LibraryImport(Library)] public static partial void rocksdb_column_family_handle_destroy(nint family);
    [LibraryImport(Library)] public static partial void rocksdb_try_catch_up_with_primary(nint db, byte** error);
    [LibraryImport(Library)] public static partial int rocksdb_property_int_cf(nint db, nint family, byte* name, ulong* value);

    // Reading
    [LibraryImport(Library)] public static partial nint rocksdb_readoptions_create();
    [LibraryImport(Library)] public static partial void rocksdb_readoptions_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_readoptions_set_fill_cache(nint options, byte value);
    [LibraryImport(Library)] public static partial nint rocksdb_get_pinned_cf(nint db, nint options, nint family, byte* key, nuint keyLength, byte** error);
    [LibraryImport(Library)] public static partial byte* rocksdb_pinnableslice_value(nint slice, nuint* length);
    [LibraryImport(Library)] public static partial void rocksdb_pinnableslice_destroy(nint slice);
    [LibraryImport(Library)] public static partial nint rocksdb_create_iterator_cf(nint db, nint options, nint family);
    [LibraryImport(Library)] public static partial void rocksdb_iter_destroy(nint iterator);
    [LibraryImport(Library)] public static partial byte rocksdb_iter_valid(nint iterator);
    [LibraryImport(Library)] public static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint length);
    [LibraryImport(Library)] public static partial void rocksdb_iter_seek_for_prev(nint iterator, byte* key, nuint length);
    [LibraryImport(Library)] public static partial void rocksdb_iter_next(nint iterator);
    [LibraryImport(Library)] public static partial byte* rocksdb_iter_key(nint iterator, nuint* length);
    [LibraryImport(Library)] public static partial byte* rocksdb_iter_value(nint iterator, nuint* length);
    [LibraryImport(Library)] public static partial void rocksdb_iter_get_error(nint iterator, byte** error);

    // Writing
    [LibraryImport(Library)] public static partial nint rocksdb_writeoptions_create();
    [LibraryImport(Library)] public static partial void rocksdb_writeoptions_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_writeoptions_set_sync(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_writeoptions_set_memtable_insert_hint_per_batch(nint options, byte value);
    [LibraryImport(Library)] public static partial void rocksdb_write(nint db, nint options, nint batch, byte** error);
    [LibraryImport(Library)] public static partial nint rocksdb_writebatch_create();
    [LibraryImport(Library)] public static partial void rocksdb_writebatch_destroy(nint batch);
    [LibraryImport(Library)] public static partial void rocksdb_writebatch_clear(nint batch);
    [LibraryImport(Library)] public static partial int rocksdb_writebatch_count(nint batch);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_put_cf(nint batch, nint family, byte* key, nuint keyLength, byte* value, nuint valueLength);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_putv_cf(
        nint batch, nint family, int keyParts, byte** keys, nuint* keyLengths, int valueParts, byte** values, nuint* valueLengths);

    [LibraryImport(Library)] public static partial void rocksdb_writebatch_delete_cf(nint batch, nint family, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_delete_range_cf(nint batch, nint family, byte* from, nuint fromLength, byte* to, nuint toLength);

    [LibraryImport(Library)] public static partial nint rocksdb_flushoptions_create();
    [LibraryImport(Library)] public static partial void rocksdb_flushoptions_destroy(nint options);
    [LibraryImport(Library)] public static partial void rocksdb_flush_cf(nint db, nint options, nint family, byte** error);

    // Checkpoints
    [LibraryImport(Library)] public static partial nint rocksdb_checkpoint_object_create(nint db, byte** error);
    [LibraryImport(Library)] public static partial void rocksdb_checkpoint_create(nint checkpoint, byte* path, ulong logSizeForFlush, byte** error);
    [LibraryImport(Library)] public static partial void rocksdb_checkpoint_object_destroy(nint checkpoint);
}
