using StreamEngine.Commits;
using StreamEngine.Contracts;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>The partitions of the model's cluster.</summary>
internal enum ModelPart
{
    Home,
    Positions,
    Output,
}

/// <summary>What became of a record's transaction.</summary>
internal enum ModelFate
{
    Open,
    Committed,
    Aborted,
}

/// <summary>A record in the model's cluster.</summary>
/// <param name="Number">Its own number, in the order of writing.</param>
/// <param name="Id">The transactional id that wrote it: 0 is the pipeline's, n + 1 that of slot n.</param>
/// <param name="Epoch">The producer's epoch.</param>
/// <param name="Part">Where it lies.</param>
/// <param name="Start">The start that wrote it.</param>
/// <param name="Partition">The input partition that it is of.</param>
/// <param name="Offset">The input record (output), or where reading goes on (positions).</param>
/// <param name="TaskEpoch">The task's epoch.</param>
/// <param name="Home">The home record, where it is one.</param>
/// <param name="Fate">What became of its transaction.</param>
internal sealed record ModelEntry(int Number, int Id, int Epoch, ModelPart Part, StartId Start, int Partition, int Offset, long TaskEpoch, HomeRecord? Home, ModelFate Fate);

/// <summary>
/// A Kafka cluster in memory, as far as transactions go: initialising an id aborts what is open under it and fences whoever used it before; a request to end a
/// transaction may arrive late, and hits whatever is open under its id and epoch then; what is open hides what follows it in its partition from committed readers.
/// </summary>
internal sealed class ModelKafka
{
    private readonly int[] epochs;
    private readonly List<ModelEntry> entries;
    private readonly List<(int Id, int Epoch)> endings;
    private int written;

    /// <param name="slots">How many slots any host uses.</param>
    public ModelKafka(int slots)
    {
        epochs = new int[slots + 1];
        entries = [];
        endings = [];
    }

    private ModelKafka(ModelKafka other)
    {
        epochs = [.. other.epochs];
        entries = [.. other.entries];
        endings = [.. other.endings];
        written = other.written;
    }

    /// <summary>Requests to end a transaction that are on their way.</summary>
    public IReadOnlyList<(int Id, int Epoch)> Endings => endings;

    /// <summary>The ids that have an open transaction, with the epoch it is of.</summary>
    public IEnumerable<(int Id, int Epoch)> OpenTransactions => entries.Where(entry => entry.Fate == ModelFate.Open).Select(entry => (entry.Id, entry.Epoch)).Distinct();

    /// <summary>What committed readers of the output see.</summary>
    public IEnumerable<(int Partition, int Offset)> Output => Committed(ModelPart.Output).Select(entry => (entry.Partition, entry.Offset));

    /// <summary>Where each partition resumes once nothing is open any more.</summary>
    public Dictionary<int, (int Next, long Epoch)> Positions => Latest(Committed(ModelPart.Positions));

    /// <summary>The record once nothing is open any more.</summary>
    public HomeRecord? Home => Committed(ModelPart.Home).LastOrDefault()?.Home;

    public ModelKafka Clone() => new(this);

    public int EpochOf(int id) => epochs[id];

    public ModelFate FateOf(int number) => entries.FirstOrDefault(entry => entry.Number == number)?.Fate ?? ModelFate.Aborted;

    /// <summary>InitTransactions.</summary>
    /// <returns>The producer's epoch.</returns>
    public int Init(int id)
    {
        // What was aborted is as if it had never been written.
        entries.RemoveAll(entry => entry.Id == id && entry.Fate == ModelFate.Open);
        epochs[id]++;
        endings.RemoveAll(ending => ending.Id == id);
        return epochs[id];
    }

    /// <summary>Writes a record into the producer's transaction, which is begun by that if need be.</summary>
    /// <returns>The record's number; null when the producer is fenced.</returns>
    public int? Produce(ModelEntry entry)
    {
        if (epochs[entry.Id] != entry.Epoch) return null;
        entries.Add(entry with { Number = ++written, Fate = ModelFate.Open });
        return written;
    }

    /// <summary>Sends a request to commit; what an older producer asks for is refused when it arrives, and so not kept.</summary>
    public void SendEnd(int id, int epoch)
    {
        if (epochs[id] == epoch) endings.Add((id, epoch));
    }

    /// <summary>A request to commit arrives.</summary>
    /// <returns>What it has committed.</returns>
    public IReadOnlyList<ModelEntry> ApplyEnd((int Id, int Epoch) ending)
    {
        endings.Remove(ending);
        var done = new List<ModelEntry>();
        for (int n = 0; n < entries.Count; n++)
        {
            if (entries[n] is not { Fate: ModelFate.Open } entry || (entry.Id, entry.Epoch) != ending) continue;
            entries[n] = entry with { Fate = ModelFate.Committed };
            done.Add(entries[n]);
        }

        return done;
    }

    /// <summary>
    /// What a committed reader sees of a partition: all that lies before the first open transaction. One that reads to the end waits until nothing is open.
    /// </summary>
    /// <param name="part">The partition.</param>
    /// <param name="rules">Whether the record lies apart from the positions.</param>
    /// <param name="isWhole">Whether that is all there is.</param>
    public IReadOnlyList<ModelEntry> Read(ModelPart part, CommitRules rules, out bool isWhole)
    {
        bool isApart = rules.HasFlag(CommitRules.RecordApart);
        List<ModelEntry> together = [.. entries.Where(entry => isApart ? entry.Part == part : entry.Part != ModelPart.Output)];
        int open = together.FindIndex(entry => entry.Fate == ModelFate.Open);
        isWhole = open < 0;
        return [.. together.Take(isWhole ? together.Count : open).Where(entry => entry.Part == part)];
    }

    /// <summary>The last position of each partition.</summary>
    public static Dictionary<int, (int Next, long Epoch)> Latest(IEnumerable<ModelEntry> positions)
    {
        var found = new Dictionary<int, (int, long)>();
        foreach (ModelEntry entry in positions) found[entry.Partition] = (entry.Offset, entry.TaskEpoch);
        return found;
    }

    /// <summary>Where a record stands among those there are; -1 when its transaction was aborted.</summary>
    public int IndexOf(int number) => entries.FindIndex(entry => entry.Number == number);

    /// <summary>Two clusters of one key go on alike. Of epochs only matters how far behind the current one they are.</summary>
    public string Key =>
        $"{string.Join(' ', entries.Select(entry => entry.Fate == ModelFate.Open ? $"open {entry.Id}:{epochs[entry.Id] - entry.Epoch} {Content(entry)}" : Content(entry)))} " +
        $"ending {string.Join(',', endings.Select(ending => ending.Id).Order())}";

    private static string Content(ModelEntry entry) => entry.Part == ModelPart.Home
        ? $"home {entry.Start.Short} {entry.Home!.State} {entry.Home.FenceUpTo}"
        : $"{entry.Part} {entry.Start.Short} {entry.Partition}@{entry.Offset}/{entry.TaskEpoch}";

    private IEnumerable<ModelEntry> Committed(ModelPart part) => entries.Where(entry => entry.Part == part && entry.Fate == ModelFate.Committed);
}
