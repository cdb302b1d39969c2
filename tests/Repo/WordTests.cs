using System.Text.RegularExpressions;

namespace StreamEngine.Repo.Tests;

/// <summary>Words that no file has. Their patterns are written so that they don't match themselves.</summary>
public sealed partial class WordTests
{
    /// <summary>Where code may wait for time, and why.</summary>
    private static readonly Dictionary<string, string> Waiting = new()
    {
        ["src/Engine/Commits/StepRunner.cs"] = "a host that stands by looks again every so often whether the other still lives",
        ["src/Engine/Diagnostics/CrashPoints.cs"] = "waits to be killed",
        ["src/Stages/Kafka/Clusters/AdminCalls.cs"] = "a cluster that elects a leader or a controller tells nobody when it is done",
        ["src/Stages/Kafka/Clusters/KafkaCluster.cs"] = "a cluster shows a topic some time after it was made, and tells nobody when",
        ["src/Stages/Sql/PostgresServer/PostgresDatabase.cs"] = "a grace period for whoever holds the guard, ended as soon as it is let go",
        ["tests/Conformance/Kafka/ProxyConnection.cs"] = "a network that is slow because a test asks it to be",
        ["tests/Stages.Tests/Operators/OperatorTests_Async.cs"] = "a call that returns when it is cancelled only",
        ["tests/Stages.Tests/Operators/VirtualClockTests.cs"] = "the delay is the virtual clock's",
    };

    [Fact]
    public void No_file_names_a_place_of_the_machine_it_was_written_on() => Repository.Holds(
        "The project speaks of itself alone: give a path that counts from the repository or comes from a setting.",
        Matches(Repository.Files, MachinePath()).Concat(Matches(Repository.Files.Where(file => file != ".ci/run"), SharedFolder())).Select(found => found.Place));

    [Fact]
    public void No_file_names_a_registry_of_packages() => Repository.Holds(
        "Where packages come from is the machine's business.", Matches(Repository.Files, Registry()).Select(found => found.Place));

    [Fact]
    public void Nothing_is_left_to_be_done_later() => Repository.Holds(
        "Do it, or leave it out and say so where users read it.", Matches(Repository.Files, Later()).Select(found => found.Place));

    [Fact]
    public void Nobody_waits_for_time()
    {
        (string File, string Place)[] found = [.. Matches(Repository.Below("src").Concat(Repository.Below("tests")).Concat(Repository.Below("benchmarks")), Sleep())];
        Repository.Holds("Wait for a condition.", found.Where(match => !Waiting.ContainsKey(match.File)).Select(match => match.Place));
        Repository.Holds("It waits for time no more: take it from the list.", Waiting.Keys.Except(found.Select(match => match.File)));
    }

    private static IEnumerable<(string File, string Place)> Matches(IEnumerable<string> files, Regex words) =>
        from file in files
        from line in Repository.Lines(file)
        where words.IsMatch(line.Text)
        select (file, $"{file}:{line.Number}: {line.Text.Trim()}");

    [GeneratedRegex(@"(?<![\w.)}])/[w]ork/|/[h]ome/\w|(?<![\w.])/[r]oot/|/[U]sers/\w|[A-Z]:\\[U]sers\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\.\./[s]hared")]
    private static partial Regex SharedFolder();

    [GeneratedRegex(@"[n]uget\.org|[n]pmjs|[p]ypi\.org|[c]rates\.io|[d]ocker\.io|[g]hcr\.io|[m]cr\.microsoft|[p]kgs\.dev\.azure|[m]aven\.org|[m]yget")]
    private static partial Regex Registry();

    [GeneratedRegex(@"\b([T]ODO|[F]IXME|[H]ACK|[X]XX)\b")]
    private static partial Regex Later();

    [GeneratedRegex(@"\b[T]hread\.Sleep\b|\b[T]ask\.Delay\b")]
    private static partial Regex Sleep();
}
