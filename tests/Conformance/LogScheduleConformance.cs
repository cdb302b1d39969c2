using CsCheck;

namespace StreamEngine.Conformance;

/// <summary>
/// Random schedules of commits, refusals, attempts, starts and reopenings, compared completely with a model of plain collections. A
/// failure prints the shortest schedule that was found and its seed.
/// </summary>
public abstract class LogScheduleConformance(LogFactory factory) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        factory.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void When_anything_happens_in_any_order_then_the_log_holds_what_was_committed_and_nothing_else() => Step.Random.Array[1, 60].Sample(
        steps =>
        {
            using var schedule = new LogSchedule(factory);
            schedule.RunAsync(steps).GetAwaiter().GetResult();
        },
        iter: PropertyRuns.Of(factory.Schedules),
        threads: 1);
}
