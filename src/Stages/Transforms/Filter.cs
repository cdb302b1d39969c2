using StreamEngine.Contracts;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Transforms;

/// <summary>Hands on the records that a condition holds for.</summary>
internal sealed class Filter : Transform, IOperatorMaker
{
    private readonly Expression where;
    private readonly bool passesTombstones;
    private readonly bool testsTombstones;

    private Filter(IOptions options)
        : base("filter", options, options.Text("where"))
    {
        where = OptionReader.Condition(options.Text("where"), "where");
        passesTombstones = options.Text("tombstones") == "pass";
        testsTombstones = options.Text("tombstones") == "test";
    }

    public static TransformDefinition Definition { get; } = new("filter", "Hands on the records that a condition holds for, and leaves the others out.")
    {
        Description = ExpressionLanguage.Description,
        Options =
        [
            new("where", OptionType.Expression, "The condition. A record for which it is false or null is left out.") { IsRequired = true, Importance = Importance.High },
            new("tombstones", OptionType.Choice, "What happens to records without a value, which delete their key: they are handed on (pass), left out (drop), or judged by the condition with every field null (test).")
            {
                Default = "pass",
                Choices = ["pass", "drop", "test"],
                Importance = Importance.Low,
            },
        ],
        Example = """{ transform = filter, where = "amount > 10 and customer.country in ('DE', 'AT')" }""",
        Create = options => new Filter(options),
    };

    public override DataStream Apply(DataStream stream, string? name = null) => stream.Then(this, name, stream.ValueSerde, this);

    public Receiver<TKey, DataObject> Create<TKey>(IStageContext context, Receiver<TKey, DataObject> next) => new FilterOperator<TKey>(context, next, this);

    private sealed class FilterOperator<TKey>(IStageContext context, Receiver<TKey, DataObject> next, Filter filter)
        : Operator<TKey, DataObject, TKey, DataObject>(context, next)
    {
        private readonly Row row = new();

        protected override bool Call(ref Record<TKey, DataObject> record)
        {
            if (record.IsTombstone && !filter.testsTombstones) return filter.passesTombstones;
            row.Load(ref record, filter.where.UsesKey);
            return filter.where.Test(row);
        }

        protected override void Emit(ref Record<TKey, DataObject> record) => Next.Receive(ref record);
    }
}
