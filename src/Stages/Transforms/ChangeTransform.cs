using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>
/// Makes another value of each. Tombstones, which have none, go on as they are; a record whose value comes out as the same object is written from the bytes it
/// was read from.
/// </summary>
internal abstract class ChangeTransform : Transform, IOperatorMaker
{
    protected ChangeTransform(string kind, IOptions options, string label)
        : base(kind, options, label)
    {
    }

    /// <summary>Whether <see cref="Change"/> asks for the record's key.</summary>
    protected virtual bool UsesKey => false;

    public override DataStream Apply(DataStream stream, string? name = null) => stream.Then(this, name, DataSerdes.Exact, this);

    public Receiver<TKey, DataObject> Create<TKey>(IStageContext context, Receiver<TKey, DataObject> next) => new ChangeOperator<TKey>(context, next, this);

    /// <summary>Makes the value. Called by all tasks at once.</summary>
    /// <param name="value">The value so far.</param>
    /// <param name="row">The record.</param>
    /// <exception cref="DataException">None can be made of it.</exception>
    protected abstract DataObject Change(DataObject value, Row row);

    private sealed class ChangeOperator<TKey>(IStageContext context, Receiver<TKey, DataObject> next, ChangeTransform transform)
        : Operator<TKey, DataObject, TKey, DataObject>(context, next)
    {
        private readonly Row row = new();
        private DataObject? made;

        protected override bool Call(ref Record<TKey, DataObject> record)
        {
            made = null;
            if (record.IsTombstone) return true;
            row.Load(ref record, transform.UsesKey);
            DataObject value = row.Value!;
            DataObject changed = transform.Change(value, row);
            if (!ReferenceEquals(changed, value)) made = changed;
            return true;
        }

        protected override void Emit(ref Record<TKey, DataObject> record)
        {
            if (made is null)
            {
                Next.Receive(ref record);
                return;
            }

            Record<TKey, DataObject> changed = record.WithValue(made);
            Next.Receive(ref changed);
        }
    }
}
