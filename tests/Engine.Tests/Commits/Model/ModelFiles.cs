using System.Text;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>A folder in memory: staged files, of which a crash keeps what was synced, and published ones.</summary>
internal sealed class ModelFiles
{
    private readonly Dictionary<string, StagedFile> staged;
    private readonly Dictionary<string, IReadOnlyList<(int Partition, int Offset)>> published;

    public ModelFiles()
    {
        staged = [];
        published = [];
    }

    private ModelFiles(ModelFiles other)
    {
        staged = new(other.staged);
        published = new(other.published);
    }

    /// <summary>The records of all published files.</summary>
    public IEnumerable<(int Partition, int Offset)> Published => published.Values.SelectMany(content => content);

    /// <summary>The records of sealed files that wait to be published.</summary>
    public IEnumerable<(int Partition, int Offset)> SealedContent(IEnumerable<UnpublishedStage> stages) =>
        stages.SelectMany(stage => staged.TryGetValue(Name(stage), out StagedFile? file) ? file.Content : []);

    /// <summary>A file's final name.</summary>
    public static string Name(UnpublishedStage stage) => Encoding.UTF8.GetString(stage.Manifest.Span);

    public static ReadOnlyMemory<byte> Manifest(TaskClaim claim, Epoch epoch, CommitRules rules) =>
        Encoding.UTF8.GetBytes(rules.HasFlag(CommitRules.NamesCarryStart)
            ? $"{claim.Task.Number}-{claim.Start.Short}-{claim.Attempt}-{epoch}"
            : $"{claim.Task.Number}-{epoch}");

    public ModelFiles Clone() => new(this);

    public void Stage(string name, TaskClaim claim, IReadOnlyList<(int Partition, int Offset)> content) =>
        staged[name] = new StagedFile(content, claim.Generation, claim.Task.Number, claim.Attempt, Synced: false);

    public Outcome Sync(EpochCommit commit)
    {
        foreach (SealedStage stage in commit.Outputs.OfType<SealedStage>())
        {
            string name = Encoding.UTF8.GetString(stage.Manifest.Span);
            if (staged.TryGetValue(name, out StagedFile? file)) staged[name] = file with { Synced = true };
        }

        return Outcome.Done.Instance;
    }

    public Outcome Publish(UnpublishedStage stage, CommitRules rules)
    {
        string name = Name(stage);
        if (!staged.Remove(name, out StagedFile? file))
        {
            return rules.HasFlag(CommitRules.GoneMeansPublished) ? Outcome.Done.Instance : new Outcome.Unknown(new FileNotFoundException(name));
        }

        // Publishing never replaces: a name that is there already stays what it was.
        published.TryAdd(name, file.Content);
        return Outcome.Done.Instance;
    }

    public Outcome Discard(Generation before, TaskClaim? attempt)
    {
        foreach ((string name, StagedFile file) in staged.ToArray())
        {
            bool stale = attempt is null
                ? file.Generation < before
                : file.Generation == before && file.Task == attempt.Task.Number && file.Attempt < attempt.Attempt;
            if (stale) staged.Remove(name);
        }

        return Outcome.Done.Instance;
    }

    /// <summary>The machine lost its power: what wasn't synced is empty.</summary>
    public void LosePower()
    {
        foreach ((string name, StagedFile file) in staged.ToArray())
        {
            if (!file.Synced) staged[name] = file with { Content = [] };
        }
    }

    public string Key =>
        $"staged {string.Join(',', staged.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}:{string.Join('+', s.Value.Content)}:{s.Value.Synced}"))} " +
        $"published {string.Join(',', published.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}:{string.Join('+', s.Value)}"))}";

    private sealed record StagedFile(IReadOnlyList<(int Partition, int Offset)> Content, Generation Generation, int Task, int Attempt, bool Synced);
}
