using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Stages.Tests.Sql;

/// <summary>Writes to a table as the first task of a pipeline of its own does.</summary>
internal static class TableRun
{
    /// <summary>Writes records in one epoch.</summary>
    /// <returns>The reasons of those that were refused.</returns>
    public static async Task<List<string>> WriteAsync<TKey, TValue>(
        string folder, ValueSinkDefinition<TValue> definition, StreamShape<TKey, TValue> shape, IEnumerable<(TKey Key, TValue Value)> records)
    {
        SinkDefinition<TKey, TValue> sink = definition.For<TKey>();
        var claim = new TaskClaim(new TaskId(new PipelineName($"p{Guid.NewGuid():n}"), "s", 0), StartId.New(), new Generation(1), 1);
        using ICommitDatabase database = ((DatabaseCommitPoint)sink.CommitPoint).Open(folder, "log");
        await database.RaiseGuardAsync(claim.Task.Pipeline, ["s"], claim.Start, claim.Generation, 1, default);
        using ICommitPoint session = database.OpenSession(claim);
        await session.ClaimAsync([], default);
        using var log = new TestKit.InMemoryLog();
        using ISinkWriter writer = sink.Open(new SinkContext("sink", folder, claim, log, null, session, TimeProvider.System));
        var context = new SinkStageContext();
        Receiver<TKey, TValue> encoder = sink.CreateEncoder(shape, writer, context, new Output(writer));
        foreach ((TKey key, TValue value) in records)
        {
            var record = new Record<TKey, TValue>(key, value, 0);
            encoder.Receive(ref record);
        }

        encoder.OnBarrier(new Epoch(1));
        SealedOutput? output = writer.Seal(new Epoch(1));
        await session.CommitAsync(new EpochCommit(claim, new Epoch(1), []) { Outputs = output is null ? [] : [output] }, default);
        return context.Refused;
    }

    private sealed class Output(ISinkWriter writer) : IElementOutput
    {
        public void Emit(Element element) => writer.Write(element);
    }
}
