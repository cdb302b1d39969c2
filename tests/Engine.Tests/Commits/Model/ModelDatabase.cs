using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>
/// A SQL database in memory: a guard row, a row for each partition, and the table written to. A session first takes the guard's shared
/// lock, then does the rest; one whose client is gone keeps the lock until somebody ends it.
/// </summary>
internal sealed class ModelDatabase
{
    private readonly Dictionary<int, (int Next, long Epoch, int Attempt)> rows;

    public ModelDatabase()
    {
        rows = [];
        Output = [];
    }

    private ModelDatabase(ModelDatabase other)
    {
        rows = new(other.rows);
        Output = [.. other.Output];
        Guard = other.Guard;
    }

    public (StartId Start, Generation Generation)? Guard { get; private set; }

    public List<(int Partition, int Offset)> Output { get; }

    public Dictionary<int, (int Next, long Epoch)> Positions => rows.Where(row => row.Value.Epoch > 0).ToDictionary(row => row.Key, row => (row.Value.Next, row.Value.Epoch));

    public ModelDatabase Clone() => new(this);

    public Outcome Raise(Step.RaiseGuard raise, CommitRules rules)
    {
        if (rules.HasFlag(CommitRules.GuardOnlyRises) && Guard is { } guard && guard.Generation > raise.Generation) return Newer();
        Guard = (raise.Start, raise.Generation);
        return Outcome.Done.Instance;
    }

    public Outcome Clear(Step.ClearDatabase clear)
    {
        if (Guard?.Start != clear.Start) return Newer();
        rows.Clear();
        Output.Clear();
        foreach (BeginPosition begin in clear.Begin) rows[ModelWorld.Number(begin.Partition)] = (int.Parse(begin.Position.At, System.Globalization.CultureInfo.InvariantCulture), BeginPosition.Epoch.Value, 0);
        return Outcome.Done.Instance;
    }

    public Outcome Claim(TaskClaim claim, IEnumerable<int> partitions, CommitRules rules)
    {
        if (!Allows(claim, rules)) return Newer();
        foreach (int partition in partitions)
        {
            (int next, long epoch, _) = rows.GetValueOrDefault(partition);
            rows[partition] = (next, epoch, claim.Attempt);
        }

        return Outcome.Done.Instance;
    }

    /// <summary>Whether the guard lets a claim's session begin.</summary>
    public bool Allows(TaskClaim claim, CommitRules rules) => !rules.HasFlag(CommitRules.CheckGuard) || Guard?.Start == claim.Start;

    public Outcome Commit(EpochCommit commit, CommitRules rules, bool withOutput, bool withPositions)
    {
        foreach (CommittedPosition position in commit.Positions)
        {
            (_, long epoch, int attempt) = rows.GetValueOrDefault(ModelWorld.Number(position.Partition));
            if (rules.HasFlag(CommitRules.CompareRows) && withOutput && (epoch != position.Epoch.Value || attempt != commit.Claim.Attempt))
            {
                return new Outcome.Refused(RefusalReason.NewerAttempt, "the row moved on");
            }
        }

        if (withOutput)
        {
            foreach (ModelOutput output in commit.Outputs.OfType<ModelOutput>()) Output.AddRange(output.Content);
        }

        if (withPositions)
        {
            foreach (CommittedPosition position in commit.Positions)
            {
                int number = ModelWorld.Number(position.Partition);
                rows[number] = (ModelWorld.Next(position), commit.Epoch.Value, rows.GetValueOrDefault(number).Attempt);
            }
        }

        return Outcome.Done.Instance;
    }

    public string Key =>
        $"guard {Guard?.Start.Short}/{Guard?.Generation} rows {string.Join(',', rows.OrderBy(r => r.Key))} out {string.Join(',', Output.Order())}";

    private static Outcome.Refused Newer() => new Outcome.Refused(RefusalReason.NewerStart, "the guard is higher");
}
