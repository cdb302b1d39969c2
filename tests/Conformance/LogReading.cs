using System.Diagnostics;
using StreamEngine.Contracts;

namespace StreamEngine.Conformance;

/// <summary>Reads a partition to its end, whatever the log.</summary>
public static class LogReading
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// What comes until the reader stands at the end; or until nothing comes any more, where what lies before the end can't be seen yet.
    /// </summary>
    public static IEnumerable<LogChunk> ToTheEnd(this ILogReader reader, ILog log, TopicInfo topic, int partition, TimeSpan visibleAfter)
    {
        TimeSpan wait = visibleAfter < Short ? visibleAfter : Short;
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (reader.Poll(wait) is { } read)
            {
                since = Stopwatch.GetTimestamp();
                yield return read;
            }
            else if (Stopwatch.GetElapsedTime(since) >= visibleAfter || reader.NextOffset(topic, partition) == log.Range(topic, partition).NextOffset)
            {
                yield break;
            }
        }
    }
}
