using System.Globalization;
using StreamEngine.Diagnostics;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>Options of a command line, written <c>--name value</c>. One that nobody asks for is refused, so that a misspelt one isn't run without.</summary>
internal sealed class NamedOptions
{
    private readonly Dictionary<string, string> given = [];
    private readonly SortedSet<string> known = new(StringComparer.Ordinal);

    /// <exception cref="EngineException">A name without a value, or something that is no option.</exception>
    public NamedOptions(ReadOnlySpan<string> args)
    {
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length) throw Wrong($"{args[i]} is no option with its value", "Write --name value.");
            given[args[i]] = args[i + 1];
        }
    }

    /// <summary>The value of an option that may be left out.</summary>
    public string? Find(string name)
    {
        known.Add(name);
        return given.GetValueOrDefault(name);
    }

    /// <exception cref="EngineException">It wasn't given.</exception>
    public string Need(string name) => Find(name) ?? throw Wrong($"{name} is missing", $"Add {name} VALUE.");

    /// <summary>A whole number of at least 1.</summary>
    /// <exception cref="EngineException">It is something else.</exception>
    public long Number(string name, long otherwise)
    {
        string? text = Find(name);
        if (text is null) return otherwise;
        return long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0
            ? number
            : throw Wrong($"{name} {text} is no number of at least 1", $"Give one, such as {otherwise}.");
    }

    /// <summary>Several of a set, separated by commas.</summary>
    /// <exception cref="EngineException">One isn't of the set.</exception>
    public IReadOnlyList<string> Several(string name, params string[] choices)
    {
        string[] chosen = Find(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? choices;
        string? stranger = chosen.FirstOrDefault(choice => !choices.Contains(choice));
        return stranger is null ? chosen : throw Wrong($"{name} has no {stranger}", $"Choose of {string.Join(',', choices)}.");
    }

    /// <summary>One of a set.</summary>
    /// <exception cref="EngineException">It isn't of the set.</exception>
    public string One(string name, params string[] choices)
    {
        string chosen = Find(name) ?? choices[0];
        return choices.Contains(chosen) ? chosen : throw Wrong($"{name} can't be {chosen}", $"Choose of {string.Join(',', choices)}.");
    }

    /// <summary>To be called when all options were asked for.</summary>
    /// <exception cref="EngineException">One was given that nobody asked for.</exception>
    public void RefuseOthers()
    {
        string? stranger = given.Keys.FirstOrDefault(name => !known.Contains(name));
        if (stranger is not null) throw Wrong($"there is no option {stranger}", $"Those there are: {string.Join(' ', known)}.");
    }

    private static EngineException Wrong(string message, string remedy) => new(ErrorDomain.User, message, remedy);
}
