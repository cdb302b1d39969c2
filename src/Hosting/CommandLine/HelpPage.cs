using System.CommandLine;
using System.CommandLine.Invocation;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>
/// What <c>--help</c> prints: what a command does, what it takes, and how it is used. It is as wide as a terminal, at most <see cref="WidthMax"/>
/// characters, and always that wide elsewhere.
/// </summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int WidthMax = 110;
    private const int FirstColumnMax = 34;

    // Help is asked for by those who don't know yet what is needed.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, Console.Out, new TextStyle(Console.Out), Width());
        return ExitCode.Success;
    }

    /// <summary>Writes the help of a command.</summary>
    public static void Write(Command command, TextWriter output, TextStyle style, int width)
    {
        string name = CommandLineErrors.Name(command);
        foreach (string line in Wrap(command.Description ?? "", width)) output.WriteLine(line);
        output.WriteLine();
        output.WriteLine($"{style.Bold("Usage:")} {string.Join(' ', UsageOf(command, name))}");
        Section(output, style, width, "Commands", [.. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => (verb.Name, verb.Description ?? ""))]);
        Section(output, style, width, "Arguments", [.. command.Arguments.Where(argument => !argument.Hidden).Select(argument => (argument.Name, argument.Description ?? ""))]);
        Section(output, style, width, "Options", [.. OptionsOf(command).Select(option => (Label(option), Meaning(option)))]);
        IReadOnlyList<string> examples = CommandExamples.Of(command);
        if (examples.Count == 0) return;
        output.WriteLine($"\n{style.Bold("Examples:")}");
        foreach (string example in examples) output.WriteLine($"  {Invocation.Name} {example}");
    }

    /// <summary>The options that can be given with a command, those of all commands last.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        IEnumerable<Option> own = command.Options.Where(option => !option.Hidden);
        IEnumerable<Option> inherited = command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option is { Hidden: false, Recursive: true }));
        return own.Concat(inherited).DistinctBy(option => option.Name).OrderBy(option => option.Name is "--help" or "--version");
    }

    /// <summary>An option with its other names and what it takes: <c>--data DIR</c>.</summary>
    public static string Label(Option option)
    {
        string names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name));
        return option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? names : $"{names} {option.HelpName ?? "TEXT"}";
    }

    private static string Meaning(Option option)
    {
        object? value = option.HasDefaultValue && option.ValueType == typeof(string) ? option.GetDefaultValue() : null;
        return value is string { Length: > 0 } text ? $"{option.Description} Default: {text}." : option.Description ?? "";
    }

    private static IEnumerable<string> UsageOf(Command command, string name)
    {
        yield return command is RootCommand ? name : $"{Invocation.Name} {name}";
        if (command.Subcommands.Any(verb => !verb.Hidden)) yield return "COMMAND";
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden)) yield return argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name;
        yield return "[options]";
    }

    private static void Section(TextWriter output, TextStyle style, int width, string title, (string Name, string Meaning)[] rows)
    {
        if (rows.Length == 0) return;
        output.WriteLine($"\n{style.Bold($"{title}:")}");
        int first = Math.Min(FirstColumnMax, rows.Max(row => row.Name.Length)) + 4;
        foreach ((string name, string meaning) in rows)
        {
            string head = $"  {name}";
            string[] lines = [.. Wrap(meaning, width - first)];
            if (head.Length > first - 2)
            {
                output.WriteLine(head);
                head = "";
            }

            output.WriteLine($"{head.PadRight(first)}{lines.FirstOrDefault()}".TrimEnd());
            foreach (string line in lines.Skip(1)) output.WriteLine($"{new string(' ', first)}{line}");
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : $" {word}";
        }

        if (line.Length > 0) yield return line;
    }

    private static int Width() => !Console.IsOutputRedirected && Console.WindowWidth is > 40 and < WidthMax ? Console.WindowWidth - 1 : WidthMax;
}
