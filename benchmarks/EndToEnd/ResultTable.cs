using System.Globalization;
using System.Runtime.InteropServices;

namespace StreamEngine.Benchmarks;

/// <summary>What benchmarks gave: the median of each figure over its repeats, with the least and the most.</summary>
internal sealed class ResultTable
{
    private readonly List<(string Name, string Unit, double Median, double Least, double Most, int Repeats, string Note)> rows = [];

    /// <summary>Adds a figure.</summary>
    /// <returns>Its median.</returns>
    public double Add(string name, string unit, IReadOnlyList<double> values, string note = "")
    {
        double median = Median(values);
        rows.Add((name, unit, median, values.Min(), values.Max(), values.Count, note));
        Console.Error.WriteLine($"{name}: {Text(median)} {unit}");
        return median;
    }

    public void Print(TextWriter output)
    {
        output.WriteLine("| figure | median | least | most | runs | unit | note |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var row in rows) output.WriteLine($"| {row.Name} | {Text(row.Median)} | {Text(row.Least)} | {Text(row.Most)} | {row.Repeats} | {row.Unit} | {row.Note} |");
    }

    /// <summary>Writes the table to benchmarks/Results/DATE.md below the repository; null when this doesn't run in one.</summary>
    public string? Save(string command) => Save(command, "", Print);

    /// <summary>The one in the middle; of an even number, the mean of the two there.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Adds a table to benchmarks/Results/DATE and a suffix, with the command, the time and the machine; null when this doesn't run in a repository.</summary>
    public static string? Save(string command, string suffix, Action<TextWriter> print)
    {
        string? root = Repository.Root;
        if (root is null) return null;
        string file = Path.Combine(root, "benchmarks", "Results", $"{DateTime.UtcNow:yyyy-MM-dd}{suffix}.md");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        if (!File.Exists(file)) text.WriteLine($"# Measured on {DateTime.UtcNow:yyyy-MM-dd}");
        text.WriteLine();
        text.WriteLine($"`{command}` at {DateTime.UtcNow:HH:mm} UTC: {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GB, {RuntimeInformation.OSDescription}, .NET {Environment.Version}");
        text.WriteLine();
        print(text);
        File.AppendAllText(file, text.ToString());
        return Path.GetRelativePath(Environment.CurrentDirectory, file);
    }

    internal static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.00", CultureInfo.InvariantCulture);
}

/// <summary>The repository this was built in.</summary>
internal static class Repository
{
    /// <summary>Its folder; null when there is none above.</summary>
    public static string? Root { get; } = Find();

    private static string? Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "StreamEngine.sln"))) return folder;
        }

        return null;
    }
}
