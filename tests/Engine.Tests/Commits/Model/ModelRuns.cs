using System.Globalization;
using Xunit.Abstractions;

namespace StreamEngine.Tests.Commits.Model;

/// <summary>How far models are searched, and what is made of it when nothing should be found.</summary>
internal static class ModelRuns
{
    /// <summary>The most states of a search in every order: <c>STREAMENGINE_MODEL_STATES</c>.</summary>
    public static int StatesMax { get; } = Number("STREAMENGINE_MODEL_STATES", 60_000);

    /// <summary>How many random schedules are usual: <c>STREAMENGINE_MODEL_WALKS</c>.</summary>
    public static int Walks { get; } = Number("STREAMENGINE_MODEL_WALKS", 3000);

    /// <summary>What random schedules come from: <c>STREAMENGINE_SEED</c>.</summary>
    public static int Seed { get; } = Number("STREAMENGINE_SEED", 1);

    /// <summary>Says how far a search came, and fails if it found something.</summary>
    public static void Holds(ITestOutputHelper output, ModelConfig config, Explorer.Result result)
    {
        output.WriteLine($"{config}: {result.States} states{(result.Complete ? ", all there are" : "")}, seed {Seed}");
        Assert.True(result.Wrong is null, $"{config}\n{result.Wrong}");
    }

    private static int Number(string name, int usual) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
