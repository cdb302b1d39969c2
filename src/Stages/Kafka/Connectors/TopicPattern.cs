using System.Text.RegularExpressions;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Clusters;

namespace StreamEngine.Kafka.Connectors;

/// <summary>A regular expression for whole names of topics. It is matched without backtracking, so that no name takes long.</summary>
internal sealed record TopicPattern
{
    /// <summary>The most topics that one source reads.</summary>
    public const int TopicsMax = 1000;

    private const int LengthMax = 1000;

    private readonly Regex regex;

    private TopicPattern(string text, Regex regex)
    {
        Text = text;
        this.regex = regex;
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="EngineException">It can't be read.</exception>
    public static TopicPattern Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (text.Length > LengthMax) throw Unreadable(text[..40] + "...", $"it has {text.Length} characters, {LengthMax} may be", null);
        try
        {
            return new TopicPattern(text, new Regex($"^(?:{text})\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Unreadable(text, e.Message, e);
        }
    }

    /// <summary>Whether a topic is meant. The engine's own are only by a pattern that begins as their names do.</summary>
    public bool Matches(string name) =>
        regex.IsMatch(name) && (!name.StartsWith(OwnTopics.Prefix, StringComparison.Ordinal) || Text.StartsWith("streamengine", StringComparison.Ordinal));

    public bool Equals(TopicPattern? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static EngineException Unreadable(string text, string why, Exception? inner) => new(
        ErrorDomain.User,
        $"'{text}' is no pattern of topics: {why}",
        "Write a regular expression that whole names match, as orders-.* for all that begin with orders-; back references and look-arounds are not among what is taken.",
        inner);
}
