using StreamEngine.Settings;

namespace StreamEngine.Contracts.Catalogue;

/// <summary>Finds the name that a misspelt one was meant to be, for errors that teach.</summary>
public static class NearestName
{
    /// <summary>The known name that takes the fewest changes; null when none is near enough to be meant.</summary>
    public static string? To(string name, IEnumerable<string> known) => NearestKey.To(name, known);
}
