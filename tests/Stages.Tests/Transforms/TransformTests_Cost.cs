using System.Text;
using StreamEngine.Contracts;
using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>What a record costs in memory: what is made of it, and nothing for the way.</summary>
public sealed class TransformTests_Cost
{
    private const int Count = 1000;
    private const string Order = """{"id":7,"customer":"anna","amount":12.50,"to":{"city":"Wien","country":"AT"},"paid":true}""";

    [Theory]
    [InlineData("filter", """{"where":"amount > 100 and to.country = 'AT'"}""")]
    [InlineData("filter", """{"where":"amount > 1 and to.country = 'AT'"}""")]
    [InlineData("drop", """{"fields":["none"]}""")]
    [InlineData("timestamp", """{"expression":"1714557600000"}""")]
    public void A_record_that_is_dropped_or_stays_as_it_is_costs_no_more_than_reading_it(string transform, string options)
    {
        Chunk chunk = Chunk();
        var ignored = new Last();
        Receiver<DataObject, DataObject> link = ((IOperatorMaker)TransformRun.Make(transform, options)).Create<DataObject>(null!, ignored);
        long read = Allocated(() => Walk(chunk, static (ref Record<DataObject, DataObject> record) => _ = record.Value));
        Taker taker = link.Receive;
        long through = Allocated(() => Walk(chunk, taker));
        Assert.Equal(read, through);
        Assert.True(read / Count <= 400, $"{read / Count} bytes for each record");
    }

    [Fact]
    public void A_route_decides_once_however_many_branches_there_are()
    {
        // The field is a number, so that each decision makes a text of it.
        var route = (RouteTransform)TransformRun.Make("route", """{"field":"amount","values":{"12.50":"a"},"otherwise":"b"}""");
        Receiver<DataObject, DataObject> decide = ((IOperatorMaker)route).Create<DataObject>(null!, new Last());
        Receiver<DataObject, DataObject>[] branches = [.. route.Targets.Select(sink => route.MakerOf(sink).Create<DataObject>(null!, new Last()))];
        Record<DataObject, DataObject>[] records = Records();
        Pass(decide);
        long without = Allocated(() => Pass(decide));
        long with = Allocated(() =>
        {
            Pass(decide);
            foreach (Receiver<DataObject, DataObject> branch in branches) Pass(branch);
        });
        Assert.Equal(0, with - without);
        Assert.True(Allocated(() => Array.ForEach(Records(), record => decide.Receive(ref record))) > Allocated(() => Records()));

        void Pass(Receiver<DataObject, DataObject> link)
        {
            for (int n = 0; n < records.Length; n++) link.Receive(ref records[n]);
        }
    }

    [Fact]
    public void A_field_that_is_set_costs_an_object_and_its_values()
    {
        Chunk chunk = Chunk();
        Receiver<DataObject, DataObject> link =
            ((IOperatorMaker)TransformRun.Make("set", """{"fields":{"total":"amount * 2"}}""")).Create<DataObject>(null!, new Last());
        long read = Allocated(() => Walk(chunk, static (ref Record<DataObject, DataObject> record) => _ = record.Value));
        Taker taker = link.Receive;
        long through = Allocated(() => Walk(chunk, taker));
        Assert.True((through - read) / Count <= 32 + 24 + (6 * 24), $"{(through - read) / Count} bytes for each record");
    }

    private delegate void Taker(ref Record<DataObject, DataObject> record);

    private static Chunk Chunk()
    {
        var builder = new ChunkBuilder(new ChunkPool(), 0);
        for (int n = 0; n < Count; n++) builder.Append("k"u8, hasKey: true, Encoding.UTF8.GetBytes(Order), hasValue: true, n, default);
        return builder.Take()!;
    }

    private static Record<DataObject, DataObject>[] Records()
    {
        var records = new List<Record<DataObject, DataObject>>();
        Walk(Chunk(), (ref Record<DataObject, DataObject> record) => records.Add(new Record<DataObject, DataObject>(record.Key, record.Value, 0, record.Origin)));
        return [.. records];
    }

    private static void Walk(Chunk chunk, Taker take)
    {
        var reader = new ChunkReader(chunk);
        while (reader.MoveNext())
        {
            Record<DataObject, DataObject> record = reader.Record(0, 0, DataSerdes.String, DataSerdes.Json);
            take(ref record);
        }
    }

    private static long Allocated(Action walk)
    {
        walk();
        long before = GC.GetAllocatedBytesForCurrentThread();
        walk();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Last : Receiver<DataObject, DataObject>
    {
        public override void Receive(ref Record<DataObject, DataObject> record)
        {
        }

        public override void OnBarrier(Epoch epoch)
        {
        }
    }
}
