using Confluent.Kafka;
using Serilog;
using Serilog.Events;

namespace StreamEngine.Kafka.Native;

/// <summary>
/// Takes what a Kafka client reports into the engine's log. A broker that is down makes two or three lines a second and client; of lines that say the same,
/// one is let through every <see cref="Interval"/>, with how many were left out. librdkafka masks passwords in its lines itself.
/// </summary>
/// <remarks>Thread-safe: called on librdkafka's own threads, which it must not hold up.</remarks>
/// <param name="logger">Where it goes.</param>
/// <param name="client">The name of the client, for messages.</param>
/// <param name="clock">Tells the time; the system's unless given.</param>
/// <param name="troubles">Remembers errors of connections; nobody does unless given.</param>
internal sealed class ClientLog(ILogger logger, string client, TimeProvider? clock = null, ConnectionTroubles? troubles = null)
{
    /// <summary>How often lines that say the same are let through.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>The most kinds of lines remembered; when there are more, all are forgotten, and each is let through once again.</summary>
    private const int KindsMax = 256;

    private const int Warning = 4;

    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly Dictionary<(string Facility, string Text), Kind> kinds = [];
    private readonly Lock gate = new();

    /// <summary>The name of the client.</summary>
    public string Client => client;

    /// <summary>Logs an error that the client was told, which is grave enough to be seen and not more: those of connections mend themselves.</summary>
    public void Error(ErrorCode code, string text)
    {
        troubles?.Told(code, text);
        Write(Warning, code.ToString(), text);
    }

    /// <summary>Logs a line.</summary>
    /// <param name="level">How grave it is, as syslog counts: 3 and less is an error, 4 a warning, 5 and 6 say what happens, 7 is for developers.</param>
    /// <param name="facility">What part of the client says it.</param>
    /// <param name="text">What it says.</param>
    public void Write(int level, string facility, string text)
    {
        LogEventLevel grade = level switch
        {
            // That a producer has no use for a consumer's setting, and the other way round: users give both in one place.
            _ when facility == "CONFWARN" => LogEventLevel.Debug,

            // After every kill the cluster still aborts what was open; what isn't over in time fails the start, with its cause.
            _ when facility == "GETPID" && text.EndsWith(": retrying", StringComparison.Ordinal) => LogEventLevel.Debug,
            <= 4 => LogEventLevel.Warning,
            <= 6 => LogEventLevel.Information,
            _ => LogEventLevel.Debug,
        };
        if (!logger.IsEnabled(grade) || LeftOut(facility, text) is not { } leftOut) return;
        if (leftOut == 0) logger.Write(grade, "Kafka client {Client}: {Text} ({Facility})", client, text, facility);
        else logger.Write(grade, "Kafka client {Client}: {Text} ({Facility}; {LeftOut} more like it were left out)", client, text, facility, leftOut);
    }

    /// <summary>How many like it were left out before this one; null if it is to be left out too.</summary>
    private int? LeftOut(string facility, string text)
    {
        (string, string) key = (facility, Essence(text));
        long now = clock.GetTimestamp();
        lock (gate)
        {
            if (!kinds.TryGetValue(key, out Kind? kind))
            {
                if (kinds.Count >= KindsMax) kinds.Clear();
                kinds.Add(key, new Kind { Written = now });
                return 0;
            }

            if (clock.GetElapsedTime(kind.Written, now) < Interval)
            {
                kind.LeftOut++;
                return null;
            }

            int leftOut = kind.LeftOut;
            kind.LeftOut = 0;
            kind.Written = now;
            return leftOut;
        }
    }

    /// <summary>A line without what differs each time: how long something took, how many. Addresses stay, and so the brokers are told apart.</summary>
    private static string Essence(string text)
    {
        int at = text.IndexOf("(after ", StringComparison.Ordinal);
        return string.Join(' ', (at < 0 ? text : text[..at]).Split(' ').Where(word => !IsNumber(word)));
    }

    private static bool IsNumber(string word) => word.Length > 0 && char.IsAsciiDigit(word[0]) && word.AsSpan().IndexOfAny(":./") < 0;

    private sealed class Kind
    {
        public long Written { get; set; }

        public int LeftOut { get; set; }
    }
}
