using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;

namespace StreamEngine.Hosting.Tests;

/// <summary>What somebody new does: by the commands that the host itself prints, typed into a shell.</summary>
[Collection(HostProcesses.Name)]
public sealed class FirstMinutesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void New_check_plan_run_break_read_the_error_mend_and_run_again()
    {
        string made = Shell($"dotnet '{HostProcess.Program}' new orders");
        string[] next = [.. made[made.IndexOf("next:\n", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        Assert.Equal(3, next.Length);
        (string check, string run, string read) = (next[0], next[1], next[2]);
        Assert.EndsWith(" check orders", check, StringComparison.Ordinal);
        Assert.EndsWith(" run orders", run, StringComparison.Ordinal);
        Assert.EndsWith(" topics read spent", read, StringComparison.Ordinal);
        Assert.Equal("pipeline orders: can run, exactly-once; 3 subgraphs, 2 cuts\n0 problems, 0 warnings\n", Shell(check));
        Assert.Contains("subgraph spent: ", Shell(check.Replace(" check ", " plan ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("orders completed: 12 records in", Shell(run), StringComparison.Ordinal);
        Assert.Contains("\tgrace\t1540.30\n", Shell(read), StringComparison.Ordinal);

        // The pipeline is broken: the place, the line with a caret, and what to do.
        string program = folder.Combine("orders", "Program.cs");
        string text = File.ReadAllText(program);
        File.WriteAllText(program, text.Replace("order.Amount > 0", "order.Amout > 0", StringComparison.Ordinal));
        string error = Shell(run, expected: 2);
        Assert.Contains("Program.cs(11,31): error CS1061: 'Order' does not contain a definition for 'Amout'", error, StringComparison.Ordinal);
        Assert.Contains("\n              .Where(order => order.Amout > 0)\n                                    ^\n", error, StringComparison.Ordinal);
        Assert.Contains("\n  Mend it; ", error, StringComparison.Ordinal);
        File.WriteAllText(program, text);

        // An input is broken: its line, and what to do.
        string input = folder.Combine("orders", "in", "more.csv");
        File.WriteAllText(input, "number,customer,placed,amount\n1013,ada,2024-05-02T07:10:00Z,much\n");
        string failed = Shell(run, expected: 1);
        Assert.Contains("more.csv:2: ", failed, StringComparison.Ordinal);
        Assert.Contains("Mend the line in a copy of the file", failed, StringComparison.Ordinal);
        File.WriteAllText(input, "number,customer,placed,amount\n1013,ada,2024-05-02T07:10:00Z,10\n");
        Assert.Contains("orders completed: 1 records in", Shell(run), StringComparison.Ordinal);
        Assert.Contains("\tada\t712.90\n", Shell(read), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_without_code()
    {
        string made = Shell($"dotnet '{HostProcess.Program}' new orders --hocon");
        string[] next = [.. made[made.IndexOf("next:\n", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        (string check, string run, string read) = (next[0], next[1], next[2]);
        Assert.EndsWith(" run orders/orders.conf", run, StringComparison.Ordinal);
        Assert.EndsWith("\n0 problems, 0 warnings\n", Shell(check), StringComparison.Ordinal);
        Assert.Contains("flowchart LR\n", Shell($"{check.Replace(" check ", " plan ", StringComparison.Ordinal)} --mermaid"), StringComparison.Ordinal);
        Assert.Contains("large-orders completed: 11 records in, 3 out", Shell(run), StringComparison.Ordinal);
        Assert.Contains("\tgrace\t{\"key\":\"grace\",\"orders\":3,\"spent\":1540.30}\n", Shell(read), StringComparison.Ordinal);

        string file = folder.Combine("orders", "orders.conf");
        string text = File.ReadAllText(file);
        File.WriteAllText(file, text.Replace("{ connector = files, path", "{ connector = filez, path", StringComparison.Ordinal));
        foreach (string command in (string[])[check, run])
        {
            string error = Shell(command, expected: 3);
            Assert.Matches(@"orders\.conf:[0-9]+:[0-9]+ error SE[0-9]{4}: [^\n]*filez[^\n]*\n    [^\n]*filez[^\n]*\n +\^\n  \S", error);
            Assert.Contains("files", error, StringComparison.Ordinal);
        }

        File.WriteAllText(file, text);
        Assert.Contains("nothing to do: all input was read and committed before", Shell(run), StringComparison.Ordinal);
    }

    private string Shell(string command, int expected = 0)
    {
        using HostProcess shell = HostProcess.StartCommand(["bash", "-c", command], folder.Path);
        shell.WaitForExit();
        Assert.True(shell.ExitCode == expected, $"{command}\nended with {shell.ExitCode}:\n{shell.Text}");
        return expected == 0 ? shell.Output : shell.Text;
    }
}
