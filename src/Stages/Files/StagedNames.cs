using System.Globalization;
using System.Text.RegularExpressions;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Files;

/// <summary>
/// Names of files that a task writes. While staged they say whose they are: pipeline, subgraph, task, generation, attempt, start and stage, which
/// no other writer shares. Published ones sort by stage, task, generation and epoch.
/// </summary>
internal static partial class StagedNames
{
    /// <summary>The folder below the one that is written to in which files lie until they are published.</summary>
    public const string Staging = ".staging";

    private const string Ending = ".jsonl";

    /// <summary>The name of a file that is being written.</summary>
    /// <param name="claim">Who writes it.</param>
    /// <param name="stage">The sink's stage.</param>
    /// <param name="number">Which of the writer's files it is.</param>
    public static string Staged(TaskClaim claim, string stage, long number) => string.Create(
        CultureInfo.InvariantCulture,
        $"{claim.Task.Pipeline}.{claim.Task.Subgraph}.{claim.Task.Number}.g{claim.Generation.Value}.a{claim.Attempt}.{claim.Start.Short}.{stage}.{number}{Ending}");

    /// <summary>The name under which a file is published.</summary>
    public static string Published(TaskClaim claim, string stage, Epoch epoch) => string.Create(
        CultureInfo.InvariantCulture, $"{stage}-{claim.Task.Number}-g{claim.Generation.Value:d5}-e{epoch.Value:d8}-{claim.Start.Short}-a{claim.Attempt}{Ending}");

    /// <summary>Whether a staged file is older than an owner says, and so may go.</summary>
    public static bool IsOlder(string name, StageOwner older)
    {
        if (StagedName().Match(name) is not { Success: true } match || match.Groups["pipeline"].Value != older.Pipeline.Value) return false;
        if (!long.TryParse(match.Groups["generation"].ValueSpan, CultureInfo.InvariantCulture, out long generation)) return false;
        if (older.Attempt is not { } claim) return generation < older.Before.Value;
        return generation == claim.Generation.Value
            && match.Groups["subgraph"].Value == claim.Task.Subgraph
            && match.Groups["task"].Value == claim.Task.Number.ToString(CultureInfo.InvariantCulture)
            && int.TryParse(match.Groups["attempt"].ValueSpan, CultureInfo.InvariantCulture, out int attempt)
            && attempt < claim.Attempt;
    }

    /// <summary>Whether a text can be the name of a file, and of nothing else.</summary>
    public static bool IsPlain(string name) => name.Length is > 0 and <= 255 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;

    [GeneratedRegex(@"^(?<pipeline>[^.]+)\.(?<subgraph>[^.]+)\.(?<task>\d+)\.g(?<generation>\d+)\.a(?<attempt>\d+)\.[0-9a-f]{8}\.[^.]+\.\d+\.jsonl$", RegexOptions.CultureInvariant)]
    private static partial Regex StagedName();
}
