using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>Every example of a pipeline without code is run as it stands, and gives what is expected of it: a new one needs a file in Expected.</summary>
[Collection(HostProcesses.Name)]
public sealed class ExampleTests : IDisposable
{
    private static readonly string Folder = Path.Combine(HostProcess.Repository, "hocon", "examples");

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Examples => [.. Directory.EnumerateFiles(Folder, "*.conf").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    private string Data => folder.Combine("data");

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Examples))]
    public async Task An_example_gives_what_is_expected(string name)
    {
        using Variables variables = new(("MASK_SALT", "pepper"), ("SHOP_DB", name == "secrets" ? PostgresServer.Shared.CreateDatabase() : "Host=nowhere"));
        int code = await HoconRun.RunAsync(Path.Combine(Folder, $"{name}.conf"), Data);
        string output = ExampleOutput.Of(Data);
        if (name == "secrets")
        {
            output += string.Concat(PostgresServer.Query(variables["SHOP_DB"], "SELECT id, customer, amount FROM orders ORDER BY id").Select(row => $"{row}\n"));
            PostgresServer.Shared.DropDatabase(variables["SHOP_DB"]);
        }

        Assert.Equal(0, code);
        string file = Path.Combine(AppContext.BaseDirectory, "Composing", "Expected", $"{name}.txt");
        Assert.True(File.Exists(file), $"{Path.GetFileName(file)} is missing; the example gave\n{output}");
        Assert.Equal((await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n"), output);
    }

    /// <summary>Environment variables for as long as a test runs.</summary>
    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string? Before)[] before;

        public Variables(params (string Name, string Value)[] values)
        {
            before = [.. values.Select(variable => (variable.Name, Environment.GetEnvironmentVariable(variable.Name)))];
            foreach ((string name, string value) in values) Environment.SetEnvironmentVariable(name, value);
        }

        public string this[string name] => Environment.GetEnvironmentVariable(name)!;

        public void Dispose()
        {
            foreach ((string name, string? value) in before) Environment.SetEnvironmentVariable(name, value);
        }
    }
}
