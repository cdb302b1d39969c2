using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// What the clients of one cluster were told of their connections: the cause, where a call says only that it had no answer in time. Thread-safe; it holds what the
/// library says, which masks secrets.
/// </summary>
/// <param name="clock">Tells the time; the system's unless given.</param>
internal sealed partial class ConnectionTroubles(TimeProvider? clock = null)
{
    /// <summary>How long an error counts: longer than a call may take, and than the pause between two attempts to connect.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private volatile Trouble? last;

    /// <summary>The last error that no repetition mends, otherwise the last one; null when there was none lately.</summary>
    public KafkaFault? Last => last is { } told && IsFresh(told) ? told.Fault : null;

    /// <summary>A client was told an error; those that aren't of connections are left out.</summary>
    public void Told(ErrorCode code, string text)
    {
        if (!IsOfConnections(code)) return;
        var told = new Trouble(new KafkaFault((int)code, Timing().Replace(text, "")), clock.GetTimestamp());

        // That a connection is lost, or another one can't be had, only follows from what is wrong with the settings.
        if (last is { } before && IsFresh(before) && Weight(before.Fault) > Weight(told.Fault)) return;
        last = told;
    }

    /// <summary>A client logged a line: of a connection that was closed it may be told by nothing else.</summary>
    /// <param name="facility">What part of the client says it.</param>
    /// <param name="text">What it says.</param>
    public void Logged(string facility, string text)
    {
        if (facility == "FAIL") Told(ErrorCode.Local_Transport, text[(text.IndexOf("]: ", StringComparison.Ordinal) is var thread and >= 0 ? thread + 3 : 0)..]);
    }

    /// <summary>
    /// Whether an error comes again as long as settings and brokers stay as they are: who the client is, certificates, the protocol. A broker that is being started
    /// or stopped may say the same for a moment.
    /// </summary>
    public static bool IsOfSettings(KafkaFault fault) => fault.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.Local_Ssl or ErrorCode.Local_UnsupportedFeature or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism => true,
        ErrorCode.Local_Transport => IsAlert(fault.Message),
        _ => false,
    };

    /// <summary>Whether the other side's TLS ended the connection and said why: by TLS 1.3, on a connection that stands.</summary>
    public static bool IsAlert(string text) => text.Contains(" alert ", StringComparison.Ordinal);

    /// <summary>
    /// Whether a broker ended the connection without a word, which one does that speaks another protocol; and others do, on their way up or down.
    /// </summary>
    public static bool IsProtocol(string text) => text.Contains("security.protocol", StringComparison.Ordinal) || text.Contains("broker listener?", StringComparison.Ordinal) ||
        text.Contains("connection closed by peer", StringComparison.Ordinal);

    private static int Weight(KafkaFault fault) => IsOfSettings(fault) ? 2 : IsProtocol(fault.Message) ? 1 : 0;

    private static bool IsOfConnections(ErrorCode code) => code is ErrorCode.Local_Transport or ErrorCode.Local_Resolve or ErrorCode.Local_Ssl or ErrorCode.Local_Authentication
        or ErrorCode.Local_UnsupportedFeature or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism;

    private bool IsFresh(Trouble told) => clock.GetElapsedTime(told.At) < Memory;

    /// <summary>What the library adds to a message: how long it took, and how often it was said.</summary>
    [GeneratedRegex(@" \(after \d+ms in state [^(),]*(, \d+ identical error\(s\) suppressed)?\)")]
    private static partial Regex Timing();

    private sealed record Trouble(KafkaFault Fault, long At);
}
