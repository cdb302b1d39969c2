using System.Globalization;
using StreamEngine.Benchmarks.Kafka;

namespace StreamEngine.Benchmarks;

/// <summary>Runs benchmarks by name, and writes what they give to the terminal and to benchmarks/Results.</summary>
internal static class BenchmarkProgram
{
    private const int RepeatsDefault = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        if (KafkaBenchmarks.Has(args)) return await KafkaBenchmarks.RunAsync(args);
        string which = args.FirstOrDefault() ?? "";
        int repeats = (int)Number(args, "--repeats", RepeatsDefault);
        long records = Number(args, "--records", 0);
        var results = new ResultTable();
        bool all = which == "all";
        bool known = all;
        if (all || which == "append")
        {
            await AppendBenchmark.RunAsync(results, repeats, records > 0 ? records : 4_000_000);
            known = true;
        }

        if (all || which == "copy")
        {
            await PipelineBenchmark.CopyAsync(results, repeats, records > 0 ? records : 4_000_000);
            known = true;
        }

        if (all || which == "count")
        {
            await PipelineBenchmark.CountAsync(results, repeats, records > 0 ? records : 4_000_000);
            known = true;
        }

        // Not among all: what others leave behind in the process would count.
        if (which == "memory")
        {
            await PipelineBenchmark.MemoryAsync(results, records > 0 ? records : 20_000_000);
            known = true;
        }

        if (all || which == "main-job")
        {
            MainJobBenchmark.Run(results, repeats);
            known = true;
        }

        if (!known)
        {
            Console.Error.WriteLine("give append, copy, count, main-job, all (of these) or memory; --repeats N and --records N change how much");
            Console.Error.WriteLine(KafkaBenchmarks.Help);
            return 2;
        }

        results.Print(Console.Out);
        string? file = results.Save($"dotnet run -c Release --project benchmarks/EndToEnd -- {string.Join(' ', args)}");
        if (file is not null) Console.Out.WriteLine($"written to {file}");
        return 0;
    }

    private static long Number(string[] args, string name, long otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : long.Parse(args[at + 1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }
}
