using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// The log in one RocksDB database. Everything that is written goes through one committer, which makes a commit's outputs, state and
/// positions one batch, syncs once for all that wait, and then lets readers see.
/// </summary>
internal sealed class EmbeddedLog : ILog
{
    private readonly RocksDatabase db;
    private readonly DurableEnd end;
    private readonly LogCleaner cleaner;
    private readonly ChunkStore chunks;
    private volatile bool disposed;

    private EmbeddedLog(string path, LogFiles files, EmbeddedLogOptions options)
    {
        Path = path;
        (db, Catalog, end) = files;
        Clock = options.Clock;
        chunks = new ChunkStore(db, path);
        Committer = new Committer(path, db, Catalog, end);
        cleaner = new LogCleaner(this, chunks, options);
    }

    /// <summary>The folder of the database.</summary>
    public string Path { get; }

    public string Id => Catalog.Identity.Id;

    public string Description => $"the embedded log in {Path}";

    /// <summary>Whether it was closed; readers that wait look again then.</summary>
    internal bool IsDisposed => disposed;

    internal LogCatalog Catalog { get; }

    internal Committer Committer { get; }

    internal ClaimTable Claims { get; } = new();

    internal TimeProvider Clock { get; }

    /// <summary>Opens the log in a folder; makes it when there is none.</summary>
    /// <exception cref="LogDamagedException">Its files are not what was written.</exception>
    /// <exception cref="DataVersionException">A newer build wrote it.</exception>
    /// <exception cref="EngineException">Another process has it open, or the disk refuses.</exception>
    public static EmbeddedLog Open(string path, EmbeddedLogOptions? options = null)
    {
        options ??= new EmbeddedLogOptions();
        return new EmbeddedLog(path, LogFiles.Open(path, options), options);
    }

    public IReadOnlyList<TopicInfo> Topics() => [.. Catalog.Topics().Select(topic => topic.Info)];

    public TopicInfo? Find(string name) => Catalog.Find(name)?.Info;

    public TopicInfo Create(TopicSpec spec)
    {
        spec.Check();
        TopicState? made = null;
        LogIdentity? identity = null;
        Committer.Write(
            transaction =>
            {
                if (Catalog.Find(spec.Name) is not null) throw new TopicException($"there is a topic {spec.Name} already");
                identity = TakeNumber(transaction);
                var info = new TopicInfo(LogCatalog.TopicId(Id, identity.LastNumber), identity.LastNumber, spec);
                made = new TopicState(info, new PartitionRecord[spec.Partitions]);
                transaction.Batch.Put(LogLayout.Topics, LogLayout.NumberKey('t', info.Number), LogJson.Bytes(TopicDocument.Of(spec)));
                foreach (PartitionState partition in made.Partitions) transaction.Change(partition, default);
            },
            () =>
            {
                Catalog.Identity = identity!;
                Catalog.Add(made!);
            });
        return made!.Info;
    }

    public void Delete(TopicInfo topic)
    {
        TopicState? state = null;
        Committer.Write(
            transaction =>
            {
                state = Catalog.Find(topic.Name);
                if (state?.Info.Number != topic.Number) state = null;
                if (state is not null) StageDelete(transaction, state);
            },
            () =>
            {
                if (state is not null) Catalog.Remove(state);
            });
    }

    public PartitionRange Range(TopicInfo topic, int partition) => Catalog.Get(topic, partition).Range;

    public long OffsetAt(TopicInfo topic, int partition, long timestamp)
    {
        PartitionRange range = Range(topic, partition);
        var pool = new ChunkPool();
        for (long from = range.FirstOffset; ;)
        {
            try
            {
                return FirstAt(chunks.Scan(topic, partition, from, range.NextOffset, pool), timestamp) ?? Math.Max(from, range.NextOffset);
            }
            catch (OffsetOutOfRangeException e)
            {
                // Purged while it was looked at; the first record that late is now among those that are left.
                from = e.Range.FirstOffset;
            }
        }
    }

    public void Purge(TopicInfo topic, int partition, long before) => cleaner.Purge(Catalog.Get(topic, partition), before);

    public ILogReader OpenReader(ChunkPool pool) => new EmbeddedLogReader(this, pool);

    /// <summary>Appends chunks to a topic in one act, as a program outside the engine does that writes to the log; returns when they are durable.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="appended">The chunks, each with its partition; their caller keeps its holds.</param>
    /// <exception cref="TopicException">The topic was deleted, or has no such partition; nothing was written.</exception>
    public void Append(TopicInfo topic, IReadOnlyList<Chunk> appended) => Committer.Write(transaction =>
    {
        PartitionState[] partitions = [.. appended.Select(chunk => Catalog.Get(topic, chunk.Partition))];
        long now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (int n = 0; n < partitions.Length; n++) transaction.Append(partitions[n], appended[n], now);
    });

    public HomeEntry? ReadHome(PipelineName pipeline) => Catalog.Home(pipeline);

    public bool WriteHome(PipelineName pipeline, StartId start, ReadOnlyMemory<byte> record, long expectedVersion)
    {
        HomeEntry? written = null;
        Committer.Write(
            transaction =>
            {
                if ((Catalog.Home(pipeline)?.Version ?? 0) != expectedVersion) return;
                written = new HomeEntry(start, record.ToArray(), expectedVersion + 1);
                transaction.Batch.Put(LogLayout.Commits, LogLayout.HomeKey(pipeline), LogLayout.HomeValue(start, record.Span, written.Version));
            },
            () =>
            {
                if (written is not null) Catalog.SetHome(pipeline, written);
            });
        return written is not null;
    }

    public IReadOnlyList<PipelineName> Homes() => Catalog.Homes();

    public ILogSession OpenSession(TaskClaim claim, TopicInfo deadLetters, Guarantee guarantee = Guarantee.ExactlyOnce) => new EmbeddedLogSession(this, claim, deadLetters);

    public IReadOnlyList<(string Subgraph, CommittedPosition Position)> Positions(PipelineName pipeline) => LogScan.Positions(db, pipeline);

    public IReadOnlyList<UnpublishedStage> Unpublished(PipelineName pipeline) => LogScan.Unpublished(db, pipeline);

    public void NotePublished(UnpublishedStage stage) => Committer.Write(transaction =>
        transaction.Batch.Delete(LogLayout.Commits, LogLayout.UnpublishedKey(stage.Task, stage.Start, stage.Epoch, stage.Sink)));

    public IReadOnlyList<StateInfo> States(PipelineName pipeline) => Catalog.States(pipeline);

    public StateInfo OpenState(PipelineName pipeline, StateSpec spec)
    {
        StateInfo? state = null;
        LogIdentity? identity = null;
        Committer.Write(
            transaction =>
            {
                state = Catalog.FindState(pipeline, spec.Name);
                if (state is not null) return;
                identity = TakeNumber(transaction);
                state = new StateInfo(identity.LastNumber, spec);
                var document = new StateDocument(pipeline.Value, spec.Name, spec.Shape, spec.Partitions);
                transaction.Batch.Put(LogLayout.Topics, LogLayout.NumberKey('s', state.Number), LogJson.Bytes(document));
            },
            () =>
            {
                if (identity is null) return;
                Catalog.Identity = identity;
                Catalog.Add(pipeline, state!);
            });
        return state!;
    }

    public IStateReader ReadState(StateInfo state) => new StateReader(this, state.Number);

    public void Clear(PipelineName pipeline, StartId start, IReadOnlyList<BeginPosition> begin)
    {
        var topics = new List<TopicState>();
        Committer.Write(
            transaction =>
            {
                if (Catalog.Home(pipeline)?.Start != start) throw ClaimTable.AnotherStart(pipeline, start);
                foreach ((string subgraph, CommittedPosition position) in Positions(pipeline))
                {
                    transaction.Batch.Delete(LogLayout.Positions, LogLayout.PositionKey(new TaskId(pipeline, subgraph, 0), position.Partition));
                }

                foreach (BeginPosition position in begin)
                {
                    var committed = new CommittedPosition(position.Partition, position.Position, BeginPosition.Epoch);
                    transaction.Batch.Put(
                        LogLayout.Positions,
                        LogLayout.PositionKey(new TaskId(pipeline, position.Subgraph, 0), position.Partition),
                        LogLayout.PositionValue(committed, BeginPosition.Epoch));
                }

                foreach (UnpublishedStage stage in Unpublished(pipeline))
                {
                    transaction.Batch.Delete(LogLayout.Commits, LogLayout.UnpublishedKey(stage.Task, stage.Start, stage.Epoch, stage.Sink));
                }

                foreach (StateInfo state in Catalog.States(pipeline))
                {
                    transaction.Batch.Delete(LogLayout.Topics, LogLayout.NumberKey('s', state.Number));
                    transaction.Batch.DeleteRange(LogLayout.State, StatePrefix(state.Number), StatePrefix(state.Number + 1));
                }

                foreach (TopicState topic in Catalog.Topics().Where(topic => topic.Info.Spec.Owner == pipeline.Value))
                {
                    StageDelete(transaction, topic);
                    topics.Add(topic);
                }
            },
            () =>
            {
                Catalog.RemoveStates(pipeline);
                foreach (TopicState topic in topics) Catalog.Remove(topic);
            });
    }

    /// <summary>Makes a consistent copy of the whole log as it is committed, in a folder that doesn't exist yet.</summary>
    /// <returns>The number of the last commit in it.</returns>
    /// <exception cref="EngineException">There is such a folder, or the disk refuses.</exception>
    /// <param name="path">The folder of the copy, which must not exist.</param>
    /// <param name="beside">Is called at the instant of the copy, before anything else is committed.</param>
    public long Checkpoint(string path, Action? beside = null)
    {
        if (Directory.Exists(path))
        {
            throw new EngineException(
                ErrorDomain.User, $"there is a folder {path} already, and a checkpoint needs one of its own", "Choose another name, or remove it.");
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);

        // Through the committer, so that the copy ends with a commit and not within a group.
        long number = 0;
        Committer.Write(transaction =>
        {
            transaction.Database.Checkpoint(path);
            number = transaction.Catalog.CommitNumber;
            beside?.Invoke();
        });
        DurableEnd.NoteCopy(LogFiles.EndFile(path), number);
        return number;
    }

    /// <summary>
    /// Gives the log in a folder that nobody has open a new identity, and takes along the positions that it holds itself: they moved with it.
    /// </summary>
    /// <exception cref="LogDamagedException">A file of it is damaged; every block of every file is looked at.</exception>
    public static void RenewIdentity(string path, string oldId)
    {
        try
        {
            using RocksDatabase db = RocksDatabase.Open(path, LogLayout.Families, new RocksMemory(8 << 20, 16 << 20));
            db.VerifyChecksums();
            RenewIdentity(db, path, oldId);
        }
        catch (RocksException e) when (e.IsCorruption)
        {
            throw LogDamagedException.At(path, e);
        }
    }

    private static void RenewIdentity(RocksDatabase db, string path, string oldId)
    {
        LogCatalog catalog = LogCatalog.Load(db, path) ?? throw new LogDamagedException($"the log in {path} is damaged: it has no identity");
        LogIdentity renewed = catalog.Identity with { Id = Guid.NewGuid().ToString("N") };
        using RocksBatch batch = db.NewBatch();
        batch.Put(LogLayout.Topics, LogLayout.IdentityKey, LogJson.Bytes(renewed));
        using (RocksCursor cursor = db.Scan(LogLayout.Positions))
        {
            for (bool more = cursor.Seek([]); more; more = cursor.MoveNext())
            {
                CommittedPosition position = LogLayout.ParsePosition(LogLayout.ParsePositionKey(cursor.Key).Partition, cursor.Value);
                if (!position.Position.Into.Contains(oldId, StringComparison.Ordinal)) continue;
                Position moved = position.Position with { Into = position.Position.Into.Replace(oldId, renewed.Id, StringComparison.Ordinal) };
                batch.Put(LogLayout.Positions, cursor.Key, LogLayout.PositionValue(position with { Position = moved }, position.Epoch));
            }
        }

        db.Write(batch);
        db.Flush();
    }

    /// <summary>Looks once at retention and compaction of all topics.</summary>
    internal void Clean() => cleaner.Clean();

    internal Chunk? ReadChunk(PartitionState partition, long offset, long visibleEnd, ChunkPool pool, out long next) =>
        chunks.Read(partition.Topic.Info, partition.Number, offset, visibleEnd, pool, out next);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        cleaner.Dispose();
        Committer.Dispose();
        foreach (TopicState topic in Catalog.Topics()) topic.WakeReaders();
        try
        {
            db.Flush();
        }
        catch (RocksException)
        {
            // A full disk keeps what is in memory from becoming files; the write-ahead log has it, and the next opening replays it.
        }

        db.Dispose();
        end.Dispose();
    }

    private static long? FirstAt(IEnumerable<Chunk> chunks, long timestamp)
    {
        foreach (Chunk chunk in chunks)
        {
            try
            {
                if (chunk.MaxTimestamp < timestamp) continue;
                var reader = new ChunkReader(chunk);
                while (reader.MoveNext())
                {
                    if (reader.Timestamp >= timestamp) return reader.Offset;
                }
            }
            finally
            {
                chunk.Release();
            }
        }

        return null;
    }

    private LogIdentity TakeNumber(LogTransaction transaction)
    {
        LogIdentity identity = Catalog.Identity with { LastNumber = Catalog.Identity.LastNumber + 1 };
        transaction.Batch.Put(LogLayout.Topics, LogLayout.IdentityKey, LogJson.Bytes(identity));
        return identity;
    }

    private static void StageDelete(LogTransaction transaction, TopicState topic)
    {
        uint number = topic.Info.Number;
        transaction.Batch.Delete(LogLayout.Topics, LogLayout.NumberKey('t', number));
        foreach (PartitionState partition in topic.Partitions) transaction.Batch.Delete(LogLayout.Topics, LogLayout.PartitionKey(number, partition.Number));
        transaction.Batch.DeleteRange(LogLayout.Chunks, LogLayout.ChunkKey(number, 0, 0), LogLayout.ChunkKey(number + 1, 0, 0));
    }

    private static byte[] StatePrefix(uint state)
    {
        byte[] key = new byte[8];
        LogLayout.WriteStatePrefix(key, state, 0);
        return key;
    }

    private sealed class StateReader(EmbeddedLog log, uint state) : IStateReader
    {
        public bool TryRead(int partition, ReadOnlySpan<byte> key, ByteWriter value)
        {
            Span<byte> full = key.Length <= 248 ? stackalloc byte[8 + key.Length] : new byte[8 + key.Length];
            LogLayout.WriteStatePrefix(full, state, partition);
            key.CopyTo(full[8..]);
            value.Clear();
            try
            {
                return log.db.TryGet(LogLayout.State, full, value, static (bytes, value) => value.Write(bytes));
            }
            catch (RocksException e) when (e.IsCorruption)
            {
                throw LogDamagedException.At(log.Path, e);
            }
        }
    }
}
