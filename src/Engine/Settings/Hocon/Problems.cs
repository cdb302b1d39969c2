using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>Problems that are found both when a text is read and when it is resolved.</summary>
internal static class Problems
{
    /// <summary>Values of different kinds beside each other.</summary>
    /// <param name="place">Where the one is that doesn't fit.</param>
    /// <param name="what">What it is: "a list".</param>
    /// <param name="others">What is beside it.</param>
    public static Problem Mixed(SourcePlace place, string what, string others) => new(
        ProblemCodes.MixedKinds, place, $"{what} stands beside {others} in one value",
        "Only texts join with texts, lists with lists, objects with objects; put a comma or a new line between them, or quote what is meant as text.");
}
