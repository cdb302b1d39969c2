using System.Diagnostics;
using System.Globalization;
using StreamEngine.Contracts;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Pipelines;

namespace StreamEngine.Hosting.Running;

/// <summary>What a run did, at its end.</summary>
internal static class RunSummary
{
    public static void Print(IReadOnlyList<PipelineStatus> statuses, IReadOnlyList<PipelineDefinition> pipelines, string dataFolder, bool interrupted)
    {
        bool nothingNew = statuses.All(status => status is { State: PipelineState.Completed, Totals: { RecordsIn: 0, RecordsOut: 0, DeadLetters: 0 } });
        if (nothingNew) Terminal.Result("nothing to do: all input was read and committed before");
        foreach (PipelineStatus status in statuses)
        {
            PipelineDefinition pipeline = pipelines.First(defined => defined.Name.Value == status.Name);
            if (status.IsPaused)
            {
                Terminal.Result($"{status.Name} paused: it was not started; pipelines resume {status.Name} lets it run again");
                continue;
            }

            if (!nothingNew) Terminal.Result(Line(status));
            if (status.Totals.DeadLetters > 0) Terminal.Result($"  dead letters are in {status.DeadLetters}");
            if (status.Failure is { } failure) Terminal.Result($"  {ErrorText.Of(failure).ReplaceLineEndings("\n  ")}");
            Terminal.Result($"  -> {string.Join(", ", pipeline.Stages.OfType<SinkNode>().Select(node => Place(node.Sink)).Distinct())}");
        }

        Terminal.Result($"results: {dataFolder}");
        if (interrupted && statuses.All(status => status.Failure is null)) Terminal.Result("stopped in order: all that was read is committed; the next run goes on from there");
        Terminal.Result(Times(statuses));
    }

    private static string Place(SinkDefinition sink) => sink.Connector == "files" ? $"files in {sink.Target}" : sink.Target;

    private static string Line(PipelineStatus status)
    {
        PipelineTotals totals = status.Totals;
        string seconds = totals is { FirstRecord: { } first, LastCommit: { } last } && last > first ? Seconds(last - first) : "0.00 s";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{status.Name} {status.State.ToString().ToLowerInvariant()}: {totals.RecordsIn:N0} records in, {totals.RecordsOut:N0} out, {totals.DeadLetters:N0} dead letters, {totals.Commits:N0} commits, {seconds}");
    }

    private static string Times(IReadOnlyList<PipelineStatus> statuses)
    {
        using var process = Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime);
        DateTimeOffset? first = statuses.Select(status => status.Totals.FirstRecord).Min();
        DateTimeOffset? firstCommit = statuses.Select(status => status.Totals.FirstCommit).Min();
        DateTimeOffset? last = statuses.Select(status => status.Totals.LastCommit).Max();
        string records = first is null ? "" : $"first record after {Seconds(first.Value - started)}, ";
        string commits = firstCommit is null || last is null ? "" : $"first to last commit {Seconds(last.Value - firstCommit.Value)}, ";
        return $"{records}{commits}{Seconds(DateTimeOffset.Now - started)} in all";
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}
