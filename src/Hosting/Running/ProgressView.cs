using System.Globalization;
using Spectre.Console;
using StreamEngine.Pipelines;

namespace StreamEngine.Hosting.Running;

/// <summary>Shows how pipelines are doing while they run: a live table on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressView : IDisposable
{
    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource ended = new();
    private readonly Dictionary<string, (long Records, long Ticks)> before = [];
    private readonly IReadOnlyList<PipelineStatus> pipelines;
    private readonly Terminal terminal;
    private readonly Task shown;

    /// <summary>Shows until it is disposed of.</summary>
    public ProgressView(IReadOnlyList<PipelineStatus> pipelines, Terminal terminal)
    {
        this.pipelines = pipelines;
        this.terminal = terminal;
        shown = Task.Run(Show);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Cancel();
        shown.GetAwaiter().GetResult();
        ended.Dispose();
    }

    private async Task Show()
    {
        try
        {
            await (terminal.IsInteractive ? ShowTable() : ShowLines()).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A terminal that is gone is no reason to stop what runs.
        }
    }

    private Task ShowTable() => terminal.Drawing.Live(Table()).AutoClear(true).StartAsync(async context =>
    {
        using var timer = new PeriodicTimer(TableInterval);
        while (await Ticked(timer).ConfigureAwait(false)) context.UpdateTarget(Table());
    });

    private async Task ShowLines()
    {
        using var timer = new PeriodicTimer(LineInterval);
        while (await Ticked(timer).ConfigureAwait(false)) terminal.Note(string.Join("; ", pipelines.Select(Line)));
    }

    private async Task<bool> Ticked(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private Table Table()
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string title in (string[])["pipeline", "state", "records/s", "in", "out", "lag", "dead", "committed"])
        {
            // Left aligned words, right aligned numbers; a number broken over two lines can't be read.
            var column = new TableColumn(title) { NoWrap = true, Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(title is "pipeline" or "state" ? column : column.RightAligned());
        }

        foreach (PipelineStatus pipeline in pipelines)
        {
            PipelineTotals totals = pipeline.Totals;
            table.AddRow(
                new Text(pipeline.Name),
                new Text(pipeline.Note is { } note ? $"{StateOf(pipeline)}: {note}" : StateOf(pipeline)),
                new Text(Number(RateOf(pipeline, totals))),
                new Text(Number(totals.RecordsIn)),
                new Text(Number(totals.RecordsOut)),
                new Text(pipeline.LagRecords is { } lag ? Number(lag) : "-"),
                new Text(Number(totals.DeadLetters)),
                new Text(totals.LastCommit is { } last ? Ago(last) : "-"));
        }

        return table;
    }

    private string Line(PipelineStatus pipeline)
    {
        PipelineTotals totals = pipeline.Totals;
        string lag = pipeline.LagRecords is { } behind ? $", lag {Number(behind)}" : "";
        string commit = totals.LastCommit is { } last ? $", last commit {Ago(last)} ago" : "";
        string note = pipeline.Note is { } text ? $" ({text})" : "";
        return $"{pipeline.Name} {StateOf(pipeline)}{note}: {Number(RateOf(pipeline, totals))} records/s, {Number(totals.RecordsIn)} in, {Number(totals.RecordsOut)} out{lag}{commit}";
    }

    private long RateOf(PipelineStatus pipeline, PipelineTotals totals)
    {
        long now = Environment.TickCount64;
        (long records, long ticks) = before.GetValueOrDefault(pipeline.Name, (0, now));
        before[pipeline.Name] = (totals.RecordsIn, now);
        return now > ticks ? (totals.RecordsIn - records) * 1000 / (now - ticks) : 0;
    }

    private static string StateOf(PipelineStatus pipeline) => pipeline.State.ToString().ToLowerInvariant();

    private static string Ago(DateTimeOffset then) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (DateTimeOffset.UtcNow - then).TotalSeconds):0.0} s");

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
