using StreamEngine.Contracts;
using StreamEngine.Diagnostics;

namespace StreamEngine.Repo.Tests;

/// <summary>What users of the engine can see, and name.</summary>
public sealed class SurfaceTests
{
    /// <summary>What is public beside the contracts and the records: errors, which stages throw and users catch.</summary>
    private static readonly Type[] Errors = [typeof(ErrorDomain), typeof(EngineException), typeof(StageException), typeof(TakenOverException)];

    [Fact]
    public void Public_in_the_engine_are_contracts_records_and_errors() => Repository.Holds(
        "What a stage's author doesn't need is internal; what one needs belongs to Contracts or Records.",
        typeof(ILog).Assembly.GetExportedTypes()
            .Where(type => !IsContract(type.Namespace!) && !Errors.Contains(type))
            .Select(type => type.FullName!));

    [Fact]
    public void Every_type_of_the_engine_lies_in_the_folder_of_its_namespace() => Repository.Holds(
        "The folder is the namespace.",
        from file in Repository.Below("src/Engine")
        from line in Repository.Lines(file)
        where line.Text.StartsWith("namespace ", StringComparison.Ordinal)
        let expected = $"namespace StreamEngine.{string.Join('.', file.Split('/')[2..^1])};"
        where line.Text.TrimEnd() != expected
        select $"{file}:{line.Number}: {line.Text.Trim()}, should be {expected}");

    private static bool IsContract(string space) => space.Split('.') is ["StreamEngine", "Contracts" or "Records", ..];
}
