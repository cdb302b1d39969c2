using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// Why a producer's transaction can only be aborted, of the lines that its client logs. What its calls return doesn't name the topic that may not be written, and
/// of a transaction that has failed already says only that.
/// </summary>
/// <remarks>A producer is of no use after that, so nothing is ever forgotten. Messages hold nothing that differs from one attempt to the next.</remarks>
internal sealed partial class TransactionTroubles
{
    private volatile string? refused;
    private volatile KafkaFault? last;

    /// <summary>Why the transaction failed; null while it hasn't.</summary>
    public KafkaFault? Last => last;

    /// <summary>The client logged a line.</summary>
    /// <param name="facility">What part of the client says it.</param>
    /// <param name="text">What it says.</param>
    public void Logged(string facility, string text)
    {
        if (facility == "ADDPARTS" && NotAdded().Match(text) is { Success: true } added) refused = added.Groups["topic"].Value;
        if (facility != "TXNERR" || Failure().Match(text) is not { Success: true } failure) return;
        ErrorCode code = CodeOf(failure.Groups["code"].Value);
        string what = Passing().Replace(failure.Groups["text"].Value, "");
        string? topic = NotWritten().Match(what) is { Success: true } written ? written.Groups["topic"].Value : refused;
        string right = code == ErrorCode.TopicAuthorizationFailed && topic is not null ? $"Write on topic {topic} isn't granted: " : "";
        last = new KafkaFault((int)code, $"{right}{what}", requiresAbort: true);
    }

    /// <summary>The code that the library calls TOPIC_AUTHORIZATION_FAILED, or _TIMED_OUT where it is its own.</summary>
    private static ErrorCode CodeOf(string name)
    {
        string plain = $"{(name.StartsWith('_') ? "Local" : "")}{name.Replace("_", "", StringComparison.Ordinal)}";
        return Enum.GetValues<ErrorCode>().FirstOrDefault(
            code => code.ToString().Replace("_", "", StringComparison.Ordinal).Equals(plain, StringComparison.OrdinalIgnoreCase), ErrorCode.Local_State);
    }

    [GeneratedRegex("Current transaction failed in state \\w+: (?<text>.*) \\((?<code>_?[A-Z0-9_]+)[^()]*\\)$", RegexOptions.Singleline)]
    private static partial Regex Failure();

    [GeneratedRegex("Failed to add partition \"(?<topic>[^\"]+)\" .*authorization failed", RegexOptions.IgnoreCase)]
    private static partial Regex NotAdded();

    [GeneratedRegex("^ProduceRequest for (?<topic>\\S+) \\[")]
    private static partial Regex NotWritten();

    /// <summary>What differs from one attempt to the next.</summary>
    [GeneratedRegex(" \\(after \\d+ ms\\)| with \\d+ message\\(s\\)| \\(broker \\d+ PID[^()]*\\)|: current transaction must be aborted")]
    private static partial Regex Passing();
}
