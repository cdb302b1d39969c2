using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Flights.Checks;

/// <summary>How far a run has come, seen from outside.</summary>
public static class Progress
{
    /// <summary>How many offsets all topics of a data directory hold; 0 while there is no log.</summary>
    public static long Of(string dataFolder)
    {
        try
        {
            using LogView view = LogView.Open(dataFolder);
            return view.Topics.Sum(topic => Enumerable.Range(0, topic.Partitions).Sum(partition => view.Range(topic, partition).NextOffset));
        }
        catch (Exception e) when (e is EngineException or IOException)
        {
            // It is being made.
            return 0;
        }
    }
}
