using System.CommandLine;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>How each command is used: what <c>--help</c> shows last. A test parses every one of them.</summary>
internal static class CommandExamples
{
    private static readonly Dictionary<string, string[]> Examples = new(StringComparer.Ordinal)
    {
        ["new"] = ["new orders", "new orders --hocon"],
        ["check"] = ["check examples/flights", "check examples/flights --connect --config production.conf", "check count.cs --json"],
        ["run"] = ["run examples/flights --follow", "run hocon/examples/csv-to-topic.conf --data /var/lib/streamengine", "run examples/flights --config kafka.conf --take-over --set stream-engine.pipeline.tasks.max=4"],
        ["plan"] = ["plan examples/flights", "plan count.cs --json", "plan count.cs --mermaid"],
        ["topics list"] = ["topics list", "topics list --data /var/lib/streamengine"],
        ["topics describe"] = ["topics describe flights"],
        ["topics read"] = ["topics read flights --limit 10", "topics read flights --from latest --partition 0", "topics read flights --json"],
        ["topics create"] = ["topics create orders --partitions 4", "topics create customers --compacted --key-format string --value-format json"],
        ["topics write"] = ["topics write orders --key-separator :", "topics write orders --json"],
        ["topics delete"] = ["topics delete orders"],
        ["pipelines list"] = ["pipelines list", "pipelines list --json"],
        ["pipelines describe"] = ["pipelines describe ingest", "pipelines describe airport-days --pipelines examples/flights --json"],
        ["pipelines pause"] = ["pipelines pause ingest"],
        ["pipelines resume"] = ["pipelines resume ingest"],
        ["pipelines reset"] = ["pipelines reset ingest --dry-run", "pipelines reset airport-days --pipelines examples/flights", "pipelines reset long-delays --pipelines examples/flights --to latest"],
        ["pipelines delete"] = ["pipelines delete ingest --dry-run", "pipelines delete ingest --topics --pipelines examples/flights"],
        ["dlq list"] = ["dlq list"],
        ["dlq show"] = ["dlq show ingest --limit 10", "dlq show ingest --json"],
        ["checkpoints list"] = ["checkpoints list"],
        ["checkpoints create"] = ["checkpoints create --data /var/lib/streamengine"],
        ["checkpoints restore"] = ["checkpoints restore 20260131-120000-000"],
        ["config show"] = ["config show production.conf --origins", "config show --pipelines examples/flights --json"],
        ["config get"] = ["config get pipeline.tasks.max", "config get log.embedded.cache --config production.conf --origins"],
        ["config render"] = ["config render production.conf", "config render production.conf --hocon"],
        ["config reference"] = ["config reference", "config reference pipeline.commit --json"],
        ["connectors list"] = ["connectors list", "connectors list --json"],
        ["connectors describe"] = ["connectors describe files", "connectors describe filter --json"],
        ["doctor"] = ["doctor", "doctor --data /var/lib/streamengine --json"],
        ["completion"] = ["completion bash", "completion zsh", "completion pwsh"],
    };

    /// <summary>The examples of a command, without the program's name; of a command with others below it, the first of each.</summary>
    public static IReadOnlyList<string> Of(Command command) => command.Subcommands.Count == 0
        ? Examples.GetValueOrDefault(CommandLineErrors.Name(command)) ?? []
        : [.. command.Subcommands.Where(verb => !verb.Hidden).SelectMany(verb => Of(verb).Take(1))];
}
