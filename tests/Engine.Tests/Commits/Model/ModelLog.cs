using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>The log in memory, with the compare-and-set of the real one and a switch for each of its rules.</summary>
internal sealed class ModelLog
{
    private readonly Dictionary<int, (StartId Start, int Attempt, long Epoch)> claims;
    private readonly List<UnpublishedStage> unpublished;

    public ModelLog()
    {
        claims = [];
        unpublished = [];
        Positions = [];
        Output = [];
    }

    private ModelLog(ModelLog other)
    {
        claims = new(other.claims);
        unpublished = [.. other.unpublished];
        Positions = new(other.Positions);
        Output = [.. other.Output];
        Home = other.Home;
        Version = other.Version;
    }

    public HomeRecord? Home { get; private set; }

    public long Version { get; private set; }

    /// <summary>Where each partition resumes, with the epoch that said so.</summary>
    public Dictionary<int, (int Next, long Epoch)> Positions { get; }

    /// <summary>What committed readers of the output topic see: partition and offset of the input record.</summary>
    public List<(int Partition, int Offset)> Output { get; }

    public IReadOnlyList<UnpublishedStage> Unpublished => unpublished;

    public ModelLog Clone() => new(this);

    /// <summary>A new process has the log open: claims live in memory only.</summary>
    public void Reopen() => claims.Clear();

    public Outcome WriteHome(HomeRecord record, long expected)
    {
        if (expected != Version) return new Outcome.Refused(RefusalReason.NewerStart, "the record was written by another");
        Home = record;
        Version++;
        return Outcome.Done.Instance;
    }

    public Outcome Clear(Step.ClearLog clear)
    {
        if (Home?.Start != clear.Start) return new Outcome.Refused(RefusalReason.NewerStart, "another start");
        Positions.Clear();
        Output.Clear();
        unpublished.Clear();
        foreach (BeginPosition begin in clear.Begin) Positions[ModelWorld.Number(begin.Partition)] = (int.Parse(begin.Position.At, System.Globalization.CultureInfo.InvariantCulture), BeginPosition.Epoch.Value);
        return Outcome.Done.Instance;
    }

    public Outcome ListSealed(TaskId? task) =>
        new Outcome.Listed([.. unpublished.Where(stage => task is null || stage.Task.Number == task.Value.Number)]);

    public Outcome NotePublished(UnpublishedStage stage)
    {
        unpublished.RemoveAll(other => ModelFiles.Name(other) == ModelFiles.Name(stage));
        return Outcome.Done.Instance;
    }

    public Outcome Claim(TaskClaim claim, IEnumerable<int> partitions, CommitRules rules)
    {
        if (rules.HasFlag(CommitRules.CheckStart) && Home?.Start != claim.Start) return NewerStart();
        if (rules.HasFlag(CommitRules.CheckAttempt) && claims.TryGetValue(claim.Task.Number, out var held) && held.Start == claim.Start && held.Attempt >= claim.Attempt) return NewerAttempt();
        claims[claim.Task.Number] = (claim.Start, claim.Attempt, partitions.Select(p => Positions.GetValueOrDefault(p).Epoch).DefaultIfEmpty().Max());
        return Outcome.Done.Instance;
    }

    /// <summary>Commits an epoch, or, with positions apart from the output, one half of it.</summary>
    public Outcome Commit(EpochCommit commit, CommitRules rules, bool withOutput, bool withPositions)
    {
        TaskClaim claim = commit.Claim;
        if (withOutput)
        {
            if (rules.HasFlag(CommitRules.CheckStart) && Home?.Start != claim.Start) return NewerStart();
            if (!claims.TryGetValue(claim.Task.Number, out var held)) held = (claim.Start, claim.Attempt, 0);
            if (rules.HasFlag(CommitRules.CheckAttempt) && (held.Start, held.Attempt) != (claim.Start, claim.Attempt)) return NewerAttempt();
            if (rules.HasFlag(CommitRules.CheckEpoch) && commit.Epoch.Value != held.Epoch + 1) return new Outcome.Refused(RefusalReason.WrongEpoch, "wrong epoch");
            claims[claim.Task.Number] = (held.Start, held.Attempt, commit.Epoch.Value);
            foreach (SealedOutput output in commit.Outputs)
            {
                if (output is ModelOutput records) Output.AddRange(records.Content);
                else if (output is SealedStage stage) unpublished.Add(new UnpublishedStage(claim.Task, claim.Start, commit.Epoch, stage.Sink, stage.Manifest));
            }
        }

        if (withPositions)
        {
            foreach (CommittedPosition position in commit.Positions)
            {
                Positions[ModelWorld.Number(position.Partition)] = (ModelWorld.Next(position), commit.Epoch.Value);
            }
        }

        return Outcome.Done.Instance;
    }

    public string Key =>
        $"{Home?.Start.Short} {Home?.State} {Home?.Generation} v{Version} " +
        $"claims {string.Join(',', claims.OrderBy(c => c.Key).Select(c => $"{c.Key}:{c.Value.Start.Short}/{c.Value.Attempt}/{c.Value.Epoch}"))} " +
        $"at {string.Join(',', Positions.OrderBy(p => p.Key))} out {string.Join(',', Output.Order())} " +
        $"sealed {string.Join(',', unpublished.Select(ModelFiles.Name))}";

    private static Outcome.Refused NewerStart() => new Outcome.Refused(RefusalReason.NewerStart, "newer start");

    private static Outcome.Refused NewerAttempt() => new Outcome.Refused(RefusalReason.NewerAttempt, "newer attempt");
}

/// <summary>Output records of an epoch, by the input records they come from.</summary>
internal sealed class ModelOutput(IReadOnlyList<(int Partition, int Offset)> content) : SealedOutput
{
    public IReadOnlyList<(int Partition, int Offset)> Content { get; } = content;

    public override int Records => Content.Count;

    public override long Bytes => Content.Count;
}
