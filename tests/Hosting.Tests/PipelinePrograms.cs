using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

/// <summary>Tests that start the host as a process: one after the other, and with one build of the pipelines that they share.</summary>
[CollectionDefinition(Name)]
public sealed class HostProcesses : ICollectionFixture<PipelinePrograms>
{
    public const string Name = "host processes";
}

/// <summary>
/// A lone .cs file of pipelines, in a folder of its own, with a cache of its own. <c>PROGRAM</c> says which it defines, <c>INPUT</c> what they read.
/// </summary>
public sealed class PipelinePrograms : IDisposable
{
    private const string Source = """
        string input = Environment.GetEnvironmentVariable("INPUT") ?? "in.csv";
        string program = Environment.GetEnvironmentVariable("PROGRAM") ?? "copy";
        if (program == "no-call") return 0;
        if (program == "throws-early") int.Parse("twelve");
        return await StreamApp.Run(args, app =>
        {
            if (program == "throws") throw new InvalidOperationException("there is no such shop");
            if (program == "empty") return;
            if (program == "twice") app.Pipeline("copy", Copy);
            app.Pipeline("copy", Copy);
        });

        void Copy(PipelineBuilder p)
        {
            var rows = p.From(Files.Csv<Row>(input));
            if (program == "stuck") rows = rows.Where(row => IsLetGo());
            if (program == "divides") rows = rows.Where(row => 100 / row.Number > 0);
            if (program == "files")
            {
                rows.To(Files.JsonLines<Row>("out"), name: "lines");
                return;
            }

            rows.KeyBy(row => row.Name).To(Topic.Of<string, Row>("rows", 2));
            if (program == "table") rows.To(Sqlite.Table<Row>("rows.db", "rows", row => row.Number));
        }

        // Nobody writes to the standard input of a test's process.
        bool IsLetGo()
        {
            Console.Error.WriteLine("a row is stuck");
            return Console.In.ReadLine() is not null;
        }

        public sealed record Row(string Name, int Number);
        """;

    private readonly TemporaryFolder folder = new();

    public PipelinePrograms() => File.WriteAllText(Path, Source);

    /// <summary>The program.</summary>
    public string Path => folder.Combine("copying.cs");

    /// <summary>Gives the programs that a test builds a place other than the user's cache.</summary>
    public (string Name, string Value) Cache => ("XDG_DATA_HOME", folder.Combine("cache"));

    public static string Rows(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(n => $"name-{n % 7},{n}\n"));

    /// <summary>Writes a file of rows with their header.</summary>
    public static void WriteRows(string file, int first, int count) => File.WriteAllText(file, "name,number\n" + Rows(first, count));

    public HostProcess Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment) => HostProcess.Start(arguments, [Cache, .. environment]);

    public HostProcess Run(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment) => HostProcess.Run(arguments, [Cache, .. environment]);

    public void Dispose() => folder.Dispose();
}
