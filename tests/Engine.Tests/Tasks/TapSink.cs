using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Tasks;

namespace StreamEngine.Tests.Tasks;

/// <summary>A sink that keeps what it gets, epoch by epoch.</summary>
internal sealed class TapSink(string name, bool blocks) : SinkDefinition<string, string>
{
    private readonly List<string> open = [];

    /// <summary>What each sealed epoch had, in its order.</summary>
    public Dictionary<long, List<string>> Sealed { get; } = [];

    /// <summary>Is called with each value; what it throws fails the writer.</summary>
    public Action<string>? OnWrite { get; set; }

    /// <summary>What has come since the last barrier.</summary>
    public IReadOnlyList<string> Unsealed
    {
        get
        {
            lock (open) return [.. open];
        }
    }

    public override string Connector => "tap";

    public override string Target => name;

    public override string Slug => name;

    public override CommitPoint CommitPoint => FlushCommitPoint.Instance;

    public override ISinkWriter Open(SinkContext context) => OpenWriter();

    public ISinkWriter OpenWriter() => new Writer(this);

    public override Receiver<string, string> CreateEncoder(
        StreamShape<string, string> shape, ISinkWriter writer, IStageContext context, IElementOutput output) => new BatchCollector<string, string>(context, output);

    private sealed class Writer(TapSink tap) : ISinkWriter
    {
        public bool Blocks => tap.Blocks;

        public void Write(Element element)
        {
            try
            {
                foreach (ref Record<string, string> record in ((Batch<string, string>)element).Span)
                {
                    tap.OnWrite?.Invoke(record.Value);
                    lock (tap.open) tap.open.Add(record.Value);
                }
            }
            finally
            {
                element.Release();
            }
        }

        public SealedOutput? Seal(Epoch epoch)
        {
            lock (tap.open)
            {
                lock (tap.Sealed) tap.Sealed.Add(epoch.Value, [.. tap.open]);
                tap.open.Clear();
            }

            return null;
        }

        public void Dispose()
        {
        }
    }

    private bool Blocks { get; } = blocks;
}
