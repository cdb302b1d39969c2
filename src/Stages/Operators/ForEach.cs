using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>Ends a stream in an action.</summary>
public static class ForEachVerb
{
    /// <summary>
    /// Calls an action for each record, and ends the stream. What it does outside can't be part of a commit: at-least-once at the best, and a pipeline that
    /// promises more is refused.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="action">Gets key and value.</param>
    /// <param name="name">The stage's name; made from its kind when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static void ForEach<TKey, TValue>(
        this Stream<TKey, TValue> stream,
        Action<TKey, TValue> action,
        string? name = null,
        [CallerArgumentExpression(nameof(action))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Pipeline.Add(new SinkNode<TKey, TValue>(
            stream.Pipeline.NameFor(name, "for-each"), new SourceLabel($"ForEach({text})", file, line), new ForEachSink<TKey, TValue>(action), stream.Node));
    }
}

/// <summary>An action as a sink: at-least-once.</summary>
internal sealed class ForEachSink<TKey, TValue>(Action<TKey, TValue> action) : SinkDefinition<TKey, TValue>
{
    public override string Connector => "for-each";

    public override string Target => "an action";

    public override string Slug => "for-each";

    public override CommitPoint CommitPoint => FlushCommitPoint.Instance;

    public override ISinkWriter Open(SinkContext context) => new Writer();

    public override Receiver<TKey, TValue> CreateEncoder(StreamShape<TKey, TValue> shape, ISinkWriter writer, IStageContext context, IElementOutput output) =>
        new Encoder(context, action, (Writer)writer);

    /// <summary>Calls the action where the record is; nothing goes on to the writer.</summary>
    private sealed class Encoder(IStageContext context, Action<TKey, TValue> action, Writer writer) : Operator<TKey, TValue>(context)
    {
        public override void OnBarrier(Epoch epoch)
        {
        }

        protected override bool Call(ref Record<TKey, TValue> record)
        {
            action(record.Key, record.Value);
            return true;
        }

        protected override void Emit(ref Record<TKey, TValue> record) => writer.Count++;
    }

    private sealed class Writer : ISinkWriter
    {
        public int Count { get; set; }

        public bool Blocks => false;

        public void Write(Element element) => element.Release();

        public SealedOutput? Seal(Epoch epoch)
        {
            var done = new Counted(Count);
            Count = 0;
            return done;
        }

        public void Flush()
        {
            // Each call had returned before its record was counted.
        }

        public void Dispose()
        {
        }
    }

    /// <summary>How many records an epoch had; there is nothing to commit of them.</summary>
    private sealed class Counted(int records) : SealedOutput
    {
        public override int Records => records;

        public override long Bytes => 0;
    }
}
