using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Tests.Pipelines;

/// <summary>
/// A store without transactions that pipelines write to in tests: what is written has arrived at once, and can't be taken back.
/// </summary>
internal sealed class FakeStore
{
    private readonly List<string> arrived = [];

    /// <summary>Whether its writers need a thread of their own.</summary>
    public bool Blocks { get; init; }

    /// <summary>Is called with each value before it arrives; what it throws fails the writer.</summary>
    public Action<string>? OnWrite { get; set; }

    /// <summary>Is called when a writer is flushed.</summary>
    public Action? OnFlush { get; set; }

    /// <summary>Is called when a writer is opened; what it throws keeps it from opening.</summary>
    public Action? OnOpen { get; set; }

    /// <summary>How many writers are open.</summary>
    public int OpenWriters;

    /// <summary>What has arrived, in its order.</summary>
    public IReadOnlyList<string> Arrived
    {
        get
        {
            lock (arrived) return [.. arrived];
        }
    }

    /// <summary>The store as a sink.</summary>
    public SinkDefinition<string, string> AsSink(string name = "store") => new Definition(this, name);

    private void Add(string value)
    {
        OnWrite?.Invoke(value);
        lock (arrived) arrived.Add(value);
    }

    private sealed class Definition(FakeStore store, string name) : SinkDefinition<string, string>
    {
        public override string Connector => "fake";

        public override string Target => $"fake {name}";

        public override string Slug => name;

        public override CommitPoint CommitPoint => FlushCommitPoint.Instance;

        public override ISinkWriter Open(SinkContext context)
        {
            store.OnOpen?.Invoke();
            return new Writer(store);
        }

        public override Receiver<string, string> CreateEncoder(
            StreamShape<string, string> shape, ISinkWriter writer, IStageContext context, IElementOutput output) => new BatchCollector<string, string>(context, output);
    }

    private sealed class Writer : ISinkWriter
    {
        private readonly FakeStore store;

        public Writer(FakeStore store)
        {
            this.store = store;
            Interlocked.Increment(ref store.OpenWriters);
        }

        public bool Blocks => store.Blocks;

        public void Write(Element element)
        {
            try
            {
                foreach (ref Record<string, string> record in ((Batch<string, string>)element).Span) store.Add(record.Value);
            }
            finally
            {
                element.Release();
            }
        }

        public SealedOutput? Seal(Epoch epoch) => null;

        public void Flush() => store.OnFlush?.Invoke();

        public void Dispose() => Interlocked.Decrement(ref store.OpenWriters);
    }
}
