namespace StreamEngine.Benchmarks.Kafka;

/// <summary>What was measured of each contender at each subject, and how ours stands to the others: medians, with the least and the most.</summary>
/// <param name="figures">The figures of a run.</param>
internal sealed class ContenderTable<TRun>(IReadOnlyList<ContenderTable<TRun>.Figure> figures)
{
    private readonly List<(string Subject, Contender Contender, TRun Run)> runs = [];
    private readonly List<(string Subject, Contender Contender, string Reason)> failures = [];

    /// <summary>A figure of a run: its name with its unit, and how to get it.</summary>
    internal sealed record Figure(string Name, Func<TRun, double> Of);

    /// <summary>Makes the runs, then shows what they gave, and keeps it in a file; what was measured before an interruption too.</summary>
    /// <param name="command">The command that was given.</param>
    /// <param name="run">Makes the runs, which add themselves.</param>
    /// <param name="about">How it was measured, a line below the table in the file.</param>
    /// <returns>The exit code: 1 when a run failed, and its row says so.</returns>
    public async Task<int> FillAsync(string command, Func<CancellationToken, Task> run, string about)
    {
        using var interrupt = new Interrupt();
        try
        {
            await run(interrupt.Token);
        }
        finally
        {
            Print(Console.Out);
            ResultTable.Save($"dotnet run -c Release --project benchmarks/EndToEnd -- {command}", "-kafka", output =>
            {
                Print(output);
                output.WriteLine();
                output.WriteLine(about);
            });
        }

        return failures.Count > 0 ? 1 : 0;
    }

    public void Add(string subject, Contender contender, TRun run)
    {
        runs.Add((subject, contender, run));
        Console.Error.WriteLine($"{subject}: {contender.Title()}: {string.Join(", ", figures.Select(figure => $"{ResultTable.Text(figure.Of(run))} {figure.Name}"))}");
    }

    public void AddFailure(string subject, Contender contender, string reason)
    {
        failures.Add((subject, contender, reason));
        Console.Error.WriteLine($"{subject}: {contender.Title()}: failed: {reason}");
    }

    private void Print(TextWriter output)
    {
        output.WriteLine($"| | engine | {string.Join(" | ", figures.Select(figure => figure.Name))} | runs |");
        output.WriteLine($"|---|---|{string.Concat(figures.Select(_ => "---|"))}---|");
        foreach (var subject in runs.GroupBy(run => run.Subject))
        {
            foreach (var engine in subject.GroupBy(run => run.Contender)) Row(output, subject.Key, engine.Key.Title(), figure => Spread(engine.Select(run => figure.Of(run.Run))), engine.Count());
            foreach (var rival in subject.Where(run => run.Contender != Contender.Ours).GroupBy(run => run.Contender))
            {
                TRun[] ours = [.. subject.Where(run => run.Contender == Contender.Ours).Select(run => run.Run)], theirs = [.. rival.Select(run => run.Run)];
                if (ours.Length > 0) Row(output, subject.Key, $"StreamEngine / {rival.Key.Title()}", figure => Ratio(figure, ours, theirs), Math.Min(ours.Length, theirs.Length));
            }
        }

        foreach (var failure in failures) output.WriteLine($"\nFailed: {failure.Subject}: {failure.Contender.Title()}: {failure.Reason.ReplaceLineEndings(" / ")}");
    }

    private void Row(TextWriter output, string subject, string engine, Func<Figure, string> cell, int count) =>
        output.WriteLine($"| {subject} | {engine} | {string.Join(" | ", figures.Select(cell))} | {count} |");

    private static string Spread(IEnumerable<double> values) => $"{ResultTable.Text(ResultTable.Median(values))} ({ResultTable.Text(values.Min())}-{ResultTable.Text(values.Max())})";

    private static string Ratio(Figure figure, TRun[] ours, TRun[] theirs) =>
        ResultTable.Text(ResultTable.Median(ours.Select(figure.Of)) / ResultTable.Median(theirs.Select(figure.Of)));
}
