using System.Globalization;
using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Pipelines;

/// <summary>
/// A system outside that pipelines read in tests: partitions of values that a test adds to, which are read in small chunks and fail where the test says.
/// </summary>
internal sealed class FakeSystem
{
    private readonly List<List<string>> partitions = [];

    public FakeSystem(params string[][] values)
    {
        foreach (string[] list in values) partitions.Add([.. list]);
    }

    /// <summary>What positions point into; another one makes them point into nothing.</summary>
    public string Identity { get; set; } = "fake:1";

    /// <summary>How many records a chunk has.</summary>
    public int ChunkRecords { get; init; } = 3;

    /// <summary>The key of a value; the value itself unless set.</summary>
    public Func<string, string> KeyOf { get; init; } = value => value;

    /// <summary>Is asked before a partition is read from an offset; what it returns is thrown.</summary>
    public Func<int, long, Exception?>? FailAt { get; set; }

    /// <summary>Is asked when a client connects; what it returns is thrown.</summary>
    public Func<Exception?>? FailToConnect { get; set; }

    /// <summary>Is asked with each value; those it names can't be read and become poison.</summary>
    public Func<string, bool>? IsPoison { get; set; }

    /// <summary>Where readers began: partition and offset, in the order of their beginning.</summary>
    public List<(int Partition, long Offset)> Begun { get; } = [];

    /// <summary>How many of the partitions can be found; all unless set.</summary>
    public int Visible { get; set; } = int.MaxValue;

    /// <summary>How often somebody asked which partitions there are.</summary>
    public int Asked { get; private set; }

    /// <summary>Is called before somebody is told which partitions there are; may block.</summary>
    public Action? BeforeAsked { get; set; }

    /// <summary>How many clients have been opened and not closed.</summary>
    public int OpenClients;

    /// <summary>How many readers have been opened and not closed.</summary>
    public int OpenReaders { get; set; }

    /// <summary>What every access holds, and readers wait on.</summary>
    public object Gate { get; } = new();

    public IReadOnlyList<List<string>> Partitions => partitions;

    public void Add(int partition, params ReadOnlySpan<string> values)
    {
        lock (Gate)
        {
            while (partitions.Count <= partition) partitions.Add([]);
            foreach (string value in values) partitions[partition].Add(value);
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>The system as a source.</summary>
    public SourceDefinition<string, string> AsSource(string name = "fake") => new Definition(this, name);

    private sealed class Definition(FakeSystem system, string name) : SourceDefinition<string, string>
    {
        public override string Connector => "fake";

        public override string Target => $"fake {name}";

        public override string Slug => name;

        public override ISource Open(SourceContext context) => new Source(system);
    }

    private sealed class Source : ISource
    {
        private readonly FakeSystem system;

        public Source(FakeSystem system)
        {
            this.system = system;
            Interlocked.Increment(ref system.OpenClients);
        }

        public void Connect()
        {
            if (system.FailToConnect?.Invoke() is { } error) throw error;
        }

        public IReadOnlyList<SourcePartition> Partitions()
        {
            system.BeforeAsked?.Invoke();
            lock (system.Gate)
            {
                system.Asked++;
                return [.. Enumerable.Range(0, Math.Min(system.Visible, system.partitions.Count)).Select(n => new SourcePartition(n.ToString(CultureInfo.InvariantCulture), n))];
            }
        }

        public Position Begin(SourcePartition partition) => new(system.Identity, "0");

        public PositionCheck Check(SourcePartition partition, Position position) => position.Into == system.Identity
            ? PositionCheck.Good
            : new PositionCheck($"partition {partition.Name} was made anew", "Reset the pipeline.");

        public ISourceReader OpenReader(ChunkPool pool, int number) => new Reader(system, pool, number);

        public void Dispose() => Interlocked.Decrement(ref system.OpenClients);
    }

    private sealed class Reader : ISourceReader
    {
        private readonly FakeSystem system;
        private readonly ChunkPool pool;
        private readonly int number;
        private readonly List<(int Partition, long Next)> assigned = [];
        private readonly HashSet<int> ended = [];
        private bool finishing;
        private bool woken;
        private int turn;

        public Reader(FakeSystem system, ChunkPool pool, int number)
        {
            (this.system, this.pool, this.number) = (system, pool, number);
            lock (system.Gate) system.OpenReaders++;
        }

        public void Assign(SourcePartition partition, Position from)
        {
            long offset = long.Parse(from.At, CultureInfo.InvariantCulture);
            lock (system.Gate) system.Begun.Add((partition.Index, offset));
            assigned.Add((partition.Index, offset));
        }

        public SourceItem? Poll(TimeSpan wait)
        {
            lock (system.Gate)
            {
                if (TryRead() is { } item) return item;
                if (!woken) Monitor.Wait(system.Gate, wait);
                woken = false;
                return TryRead();
            }
        }

        public void Finish()
        {
            finishing = true;
            Wake();
        }

        public void Wake()
        {
            lock (system.Gate)
            {
                woken = true;
                Monitor.PulseAll(system.Gate);
            }
        }

        public void Dispose()
        {
            lock (system.Gate) system.OpenReaders--;
        }

        private SourceItem? TryRead()
        {
            for (int n = 0; n < assigned.Count; n++)
            {
                turn = (turn + 1) % assigned.Count;
                (int partition, long next) = assigned[turn];
                List<string> values = system.partitions[partition];
                if (next < values.Count) return Read(partition, next, values);
                if (finishing && ended.Add(partition)) return new SourceItem(partition, null, At(next)) { IsEnd = true };
            }

            return null;
        }

        private SourceItem Read(int partition, long next, List<string> values)
        {
            if (system.FailAt?.Invoke(partition, next) is { } error) throw error;
            var builder = new ChunkBuilder(pool, partition);
            long at = next;
            for (; at < values.Count && at < next + system.ChunkRecords; at++)
            {
                string value = values[(int)at];
                if (system.IsPoison?.Invoke(value) == true) break;
                byte[] bytes = Encoding.UTF8.GetBytes(value);
                builder.Append(Encoding.UTF8.GetBytes(system.KeyOf(value)), true, bytes, true, at, default);
            }

            Element element;
            if (builder.Take() is { } chunk)
            {
                chunk.BaseOffset = next;
                element = chunk;
            }
            else
            {
                element = new Poison(new Origin(number, partition, at), Encoding.UTF8.GetBytes(values[(int)at]), new SerdeException("it is no value"));
                at++;
            }

            assigned[turn] = (partition, at);
            return new SourceItem(partition, element, At(at));
        }

        private Position At(long offset) => new(system.Identity, offset.ToString(CultureInfo.InvariantCulture));
    }
}
