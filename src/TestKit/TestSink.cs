using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.TestKit;

/// <summary>
/// A sink that collects what arrives, as a store without transactions does: at-least-once, so its pipeline must promise no more. After a crash records
/// may stand there twice.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
/// <param name="name">Its name, which the stage is called by.</param>
/// <remarks>Thread-safe.</remarks>
public sealed class TestSink<TKey, TValue>(string name) : SinkDefinition<TKey, TValue>
{
    private readonly List<OutputRecord<TKey, TValue>> records = [];
    private readonly Lock gate = new();
    private Exception? failure;
    private int failures;

    /// <inheritdoc/>
    public override string Connector => "test";

    /// <inheritdoc/>
    public override string Target => $"test sink {name}";

    /// <inheritdoc/>
    public override string Slug => name;

    /// <inheritdoc/>
    public override CommitPoint CommitPoint => FlushCommitPoint.Instance;

    /// <summary>What has arrived so far.</summary>
    public IReadOnlyList<OutputRecord<TKey, TValue>> Records
    {
        get
        {
            lock (gate) return [.. records];
        }
    }

    /// <summary>How often it has failed because it was told to.</summary>
    public int Failures => Volatile.Read(ref failures);

    /// <summary>From now on nothing arrives, and the task that tries fails with this; with null it works again.</summary>
    public void FailWith(Exception? error)
    {
        lock (gate) failure = error;
    }

    /// <inheritdoc/>
    public override ISinkWriter Open(SinkContext context) => new Writer(this);

    /// <inheritdoc/>
    public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
        new Encoder(context, (Writer)writer);

    private void Arrive(IReadOnlyList<OutputRecord<TKey, TValue>> flushed)
    {
        lock (gate)
        {
            if (failure is not null)
            {
                failures++;
                throw failure;
            }

            records.AddRange(flushed);
        }
    }

    /// <summary>Takes records as they come by; nothing goes on to the writer as an element.</summary>
    private sealed class Encoder(IStageContext context, Writer writer) : Operator<TKey, TValue>(context)
    {
        private OutputRecord<TKey, TValue>? made;

        public override void OnBarrier(Epoch epoch)
        {
        }

        protected override bool Call(ref Record<TKey, TValue> record)
        {
            made = OutputRecord<TKey, TValue>.Of(record);
            return true;
        }

        protected override void Emit(ref Record<TKey, TValue> record) => writer.Open.Add(made!);
    }

    private sealed class Writer(TestSink<TKey, TValue> sink) : ISinkWriter
    {
        private readonly Lock gate = new();
        private readonly List<OutputRecord<TKey, TValue>> closed = [];

        public List<OutputRecord<TKey, TValue>> Open { get; } = [];

        public bool Blocks => false;

        public void Write(Element element) => element.Release();

        public SealedOutput? Seal(Epoch epoch)
        {
            lock (gate) closed.AddRange(Open);
            Open.Clear();
            return null;
        }

        public void Flush()
        {
            lock (gate)
            {
                sink.Arrive(closed);
                closed.Clear();
            }
        }

        public void Dispose()
        {
        }
    }
}
