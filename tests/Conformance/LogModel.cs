using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Conformance;

/// <summary>What a log must hold, as plain collections: the model that random schedules are compared with.</summary>
public sealed class LogModel
{
    /// <summary>Tasks of the pipeline.</summary>
    public const int Tasks = 3;

    /// <summary>Topics that tasks write; the last is the pipeline's own.</summary>
    public const int Topics = 2;

    /// <summary>Partitions of each topic and of the state.</summary>
    public const int Partitions = 2;

    /// <summary>Keys of each partition of the state.</summary>
    public const int Keys = 4;

    /// <summary>Records by topic and partition, those behind what was purged.</summary>
    public List<(long Offset, TestRecord Record)>[,] Records { get; } = new List<(long, TestRecord)>[Topics, Partitions];

    /// <summary>The next offset of each partition.</summary>
    public long[,] Next { get; } = new long[Topics, Partitions];

    /// <summary>The values of dead letters.</summary>
    public List<string?> DeadLetters { get; } = [];

    /// <summary>Where each task's source partition resumes.</summary>
    public CommittedPosition?[] Positions { get; } = new CommittedPosition?[Tasks];

    /// <summary>The state.</summary>
    public Dictionary<(int Partition, int Key), string> State { get; } = [];

    /// <summary>Stages that are sealed and not noted as published.</summary>
    public HashSet<(int Task, StartId Start, Epoch Epoch)> Unpublished { get; } = [];

    /// <summary>How often the home record was written.</summary>
    public long HomeVersion { get; set; }

    /// <summary>An empty log.</summary>
    public LogModel()
    {
        for (int topic = 0; topic < Topics; topic++) Empty(topic);
    }

    /// <summary>A topic was made anew.</summary>
    public void Empty(int topic)
    {
        for (int partition = 0; partition < Partitions; partition++)
        {
            Records[topic, partition] = [];
            Next[topic, partition] = 0;
        }
    }

    /// <summary>A pipeline was cleared.</summary>
    public void Clear()
    {
        Empty(Topics - 1);
        Array.Clear(Positions);
        State.Clear();
        Unpublished.Clear();
    }

    /// <summary>Records were appended to a partition.</summary>
    public void Append(int topic, int partition, IEnumerable<TestRecord> records)
    {
        foreach (TestRecord record in records) Records[topic, partition].Add((Next[topic, partition]++, record));
    }
}
