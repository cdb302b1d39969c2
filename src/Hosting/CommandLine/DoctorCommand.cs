using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngine.Hosting.Doctor;

namespace StreamEngine.Hosting.CommandLine;

/// <summary><c>doctor</c>: whether this machine has what pipelines need, a line for each respect.</summary>
internal static class DoctorCommand
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        var json = new Option<bool>("--json") { Description = "For programs: an array of {check, health, text, remedy}." };
        var command = new Command("doctor", "See whether this machine has what pipelines need; nothing is started, and nothing left behind.") { data, json };
        SettingsOptions options = SettingsOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            Finding[] findings = [.. MachineChecks.All(), .. DataDirectoryChecks.All(parsed.GetValue(data)!), .. ClusterChecks.All(options.Read(parsed))];
            if (parsed.GetValue(json)) WriteJson(findings);
            else foreach (Finding finding in findings) Write(finding, new TextStyle(Console.Out));
            return findings.Any(finding => finding.Health == Health.Fail) ? ExitCode.Failed : ExitCode.Success;
        });
        return command;
    }

    private static void Write(Finding finding, TextStyle style)
    {
        string health = finding.Health switch
        {
            Health.Ok => style.Green("ok  "),
            Health.Warn => style.Yellow("warn"),
            _ => style.Red("fail"),
        };
        Console.Out.WriteLine($"{health}  {finding.Check,-14}  {finding.Text}");
        if (finding.Remedy is { } remedy) Console.Out.WriteLine($"                      {remedy}");
    }

    private static void WriteJson(IEnumerable<Finding> findings)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartArray();
            foreach (Finding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("check", finding.Check);
                json.WriteString("health", finding.Health.ToString().ToLowerInvariant());
                json.WriteString("text", finding.Text);
                json.WriteString("remedy", finding.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
    }
}
