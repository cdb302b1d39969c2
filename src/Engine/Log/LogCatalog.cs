using System.Text;
using System.Text.Json;
using StreamEngine.Contracts;
using StreamEngine.Log.Rocks;
using StreamEngine.Records;

namespace StreamEngine.Log;

/// <summary>
/// What the log knows of itself: its identity, topics, states and the starts of pipelines. Read from the database when it is opened,
/// changed by the committer alone.
/// </summary>
internal sealed class LogCatalog
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TopicState> topics = new(StringComparer.Ordinal);
    private readonly Dictionary<(PipelineName Pipeline, string Name), StateInfo> states = [];
    private readonly Dictionary<PipelineName, HomeEntry> homes = [];

    private LogCatalog(LogIdentity identity, long commitNumber)
    {
        Identity = identity;
        CommitNumber = commitNumber;
    }

    public LogIdentity Identity { get; set; }

    /// <summary>The number of the last commit. Used by the committer's thread.</summary>
    public long CommitNumber { get; set; }

    /// <summary>Reads what a database holds; null when it is new.</summary>
    /// <exception cref="LogDamagedException">It holds what can't be read.</exception>
    public static LogCatalog? Load(RocksDatabase db, string path)
    {
        if (db.Get(LogLayout.Topics, LogLayout.IdentityKey) is not { } identityBytes) return null;
        LogIdentity identity = Document(identityBytes, LogJson.Default.LogIdentity, path);
        if (identity.Version > LogLayout.FormatVersion)
        {
            throw new DataVersionException($"the log in {path}", identity.Version, LogLayout.FormatVersion);
        }

        byte[]? number = db.Get(LogLayout.Commits, LogLayout.CommitNumberKey);
        var catalog = new LogCatalog(identity, number is null ? 0 : BitConverter.ToInt64(number));
        catalog.LoadTopics(db, path);
        catalog.LoadHomes(db);
        return catalog;
    }

    /// <summary>The catalog of a new log, which its database then has.</summary>
    public static LogCatalog Create(RocksDatabase db)
    {
        var identity = new LogIdentity(Guid.NewGuid().ToString("N"), LogLayout.FormatVersion, 0);
        using RocksBatch batch = db.NewBatch();
        batch.Put(LogLayout.Topics, LogLayout.IdentityKey, LogJson.Bytes(identity));
        db.Write(batch);
        return new LogCatalog(identity, 0);
    }

    /// <summary>The identity of a topic, for positions.</summary>
    public static string TopicId(string logId, uint number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{logId}:{number}");

    public IReadOnlyList<TopicState> Topics()
    {
        lock (gate) return [.. topics.Values.OrderBy(topic => topic.Info.Name, StringComparer.Ordinal)];
    }

    public TopicState? Find(string name)
    {
        lock (gate) return topics.GetValueOrDefault(name);
    }

    /// <summary>The state of a topic that its caller knows.</summary>
    /// <exception cref="TopicException">It was deleted, and perhaps made anew.</exception>
    public TopicState Get(TopicInfo info)
    {
        lock (gate)
        {
            if (topics.TryGetValue(info.Name, out TopicState? found) && found.Info.Number == info.Number) return found;
        }

        throw new TopicException($"topic {info.Name} was deleted");
    }

    public PartitionState Get(TopicInfo info, int partition)
    {
        TopicState topic = Get(info);
        return (uint)partition < (uint)topic.Partitions.Count
            ? topic.Partitions[partition]
            : throw new TopicException($"topic {info.Name} has {topic.Partitions.Count} partitions, so none of number {partition}");
    }

    public void Add(TopicState topic)
    {
        lock (gate) topics.Add(topic.Info.Name, topic);
    }

    public void Remove(TopicState topic)
    {
        lock (gate) topics.Remove(topic.Info.Name);
        topic.MarkDeleted();
    }

    public IReadOnlyList<StateInfo> States(PipelineName pipeline)
    {
        lock (gate)
        {
            return [.. states.Where(entry => entry.Key.Pipeline == pipeline).Select(entry => entry.Value).OrderBy(state => state.Spec.Name, StringComparer.Ordinal)];
        }
    }

    public StateInfo? FindState(PipelineName pipeline, string name)
    {
        lock (gate) return states.GetValueOrDefault((pipeline, name));
    }

    public void Add(PipelineName pipeline, StateInfo state)
    {
        lock (gate) states.Add((pipeline, state.Spec.Name), state);
    }

    public void RemoveStates(PipelineName pipeline)
    {
        lock (gate)
        {
            foreach ((PipelineName Pipeline, string Name) key in states.Keys.Where(key => key.Pipeline == pipeline).ToArray()) states.Remove(key);
        }
    }

    public IReadOnlyList<PipelineName> Homes()
    {
        lock (gate) return [.. homes.Keys.OrderBy(name => name.Value, StringComparer.Ordinal)];
    }

    public HomeEntry? Home(PipelineName pipeline)
    {
        lock (gate) return homes.GetValueOrDefault(pipeline);
    }

    public void SetHome(PipelineName pipeline, HomeEntry entry)
    {
        lock (gate) homes[pipeline] = entry;
    }

    private void LoadTopics(RocksDatabase db, string path)
    {
        var found = new SortedDictionary<uint, TopicDocument>();
        var partitions = new Dictionary<(uint Topic, int Partition), PartitionRecord>();
        using RocksCursor cursor = db.Scan(LogLayout.Topics);
        for (bool more = cursor.Seek([]); more; more = cursor.MoveNext())
        {
            ReadOnlySpan<byte> key = cursor.Key;
            switch ((char)key[0])
            {
                case 't':
                    found[Number(key)] = Document(cursor.Value, LogJson.Default.TopicDocument, path);
                    break;
                case 'p':
                    partitions[(Number(key), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(key[5..]))] = PartitionRecord.Parse(cursor.Value);
                    break;
                case 's':
                    StateDocument state = Document(cursor.Value, LogJson.Default.StateDocument, path);
                    Add(new PipelineName(state.Pipeline), new StateInfo(Number(key), new StateSpec(state.Name, state.Shape, state.Partitions)));
                    break;
            }
        }

        foreach ((uint number, TopicDocument document) in found)
        {
            var records = new PartitionRecord[document.Partitions];
            for (int i = 0; i < records.Length; i++)
            {
                if (!partitions.TryGetValue((number, i), out records[i]))
                {
                    throw new LogDamagedException($"the log in {path} is damaged: topic {document.Name} has lost its partition {i}");
                }
            }

            Add(new TopicState(new TopicInfo(TopicId(Identity.Id, number), number, document.ToSpec()), records));
        }
    }

    private void LoadHomes(RocksDatabase db)
    {
        using RocksCursor cursor = db.Scan(LogLayout.Commits);
        for (bool more = cursor.Seek("h"u8); more && cursor.Key[0] == (byte)'h'; more = cursor.MoveNext())
        {
            homes[new PipelineName(Encoding.UTF8.GetString(cursor.Key[1..]))] = LogLayout.ParseHome(cursor.Value);
        }
    }

    private static uint Number(ReadOnlySpan<byte> key) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(key[1..]);

    private static T Document<T>(ReadOnlySpan<byte> bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new LogDamagedException($"the log in {path} is damaged: a {typeof(T).Name} can't be read: {e.Message}", e);
        }
    }
}
