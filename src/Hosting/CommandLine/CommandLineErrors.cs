using System.CommandLine;
using System.CommandLine.Parsing;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>A mistake in a command line.</summary>
/// <param name="Text">What is wrong, in a line without a full stop.</param>
/// <param name="Remedy">What to do; a sentence, or several.</param>
internal sealed record CommandLineError(string Text, string Remedy);

/// <summary>
/// Says what is wrong with a command line: each mistake once. The parser reports what follows from a mistake as mistakes too (a mistyped verb makes
/// strangers of all words behind it), and those are left out.
/// </summary>
internal static class CommandLineErrors
{
    /// <summary>The mistakes of a command line, in its order; none when it can be carried out.</summary>
    public static IReadOnlyList<CommandLineError> Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] strangers = UnknownOptions(parsed);
        if (parsed.Errors.Count == 0 && strangers.Length == 0) return [];
        if (command.Subcommands.Any(verb => !verb.Hidden)) return WithoutVerb(parsed, command, strangers);
        if (strangers.Length > 0) return [.. strangers.Select(token => UnknownOption(command, token))];
        CommandLineError[] found = [.. parsed.Errors.Select(error => Of(command, error)).OfType<CommandLineError>().Distinct()];
        if (found.Length > 0) return found;
        return parsed.UnmatchedTokens is [string extra, ..]
            ? [new($"{Name(command)} can make nothing of '{extra}'", $"{Takes(command)} {HelpOf(command)}")]
            : [.. parsed.Errors.Select(error => new CommandLineError(error.Message.TrimEnd('.'), HelpOf(command)))];
    }

    /// <summary>How a command is called: the verbs that lead to it; the program's name for none.</summary>
    public static string Name(Command command) => command is RootCommand
        ? Invocation.Name
        : string.Join(' ', Path(command).Select(verb => verb.Name));

    /// <summary>The commands from the first verb to one, without the program.</summary>
    public static IEnumerable<Command> Path(Command command) =>
        command is RootCommand ? [] : [.. command.Parents.OfType<Command>().Take(1).SelectMany(Path), command];

    /// <summary>Words that look like options and are none: the parser takes them for arguments where there is room. What stands behind <c>--</c> is meant so.</summary>
    private static string[] UnknownOptions(ParseResult parsed)
    {
        HashSet<string> before = [.. parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value)];
        IEnumerable<string> taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);
        return [.. parsed.UnmatchedTokens.Concat(taken).Where(token => token.StartsWith('-') && token.Length > 1 && before.Contains(token)).Distinct()];
    }

    private static List<CommandLineError> WithoutVerb(ParseResult parsed, Command command, string[] strangers)
    {
        string[] verbs = [.. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)];
        string known = command is RootCommand ? $"The commands are {string.Join(", ", verbs)}." : $"There are {string.Join(", ", verbs.Select(verb => $"{Name(command)} {verb}"))}.";
        if (parsed.UnmatchedTokens.FirstOrDefault(token => !strangers.Contains(token)) is { } word)
        {
            string what = command is RootCommand ? "there is no command" : $"{Name(command)} has no command";
            return [new($"{what} '{word}'{NearestKey.Hint(word, verbs)}", $"{known} {HelpOf(command)}")];
        }

        return strangers.Length > 0
            ? [.. strangers.Select(token => UnknownOption(command, token))]
            : [new(command is RootCommand ? "no command was given" : $"{Name(command)} needs a command behind it", $"{known} {HelpOf(command)}")];
    }

    private static CommandLineError UnknownOption(Command command, string token)
    {
        string given = token.Split('=', ':')[0];
        string[] own = [.. HelpPage.OptionsOf(command).Select(option => option.Name)];
        if (own.Contains(given) || HasBelow(command, given)) return new($"{given} stands before the command that it belongs to", $"Give it last: {Name(command)}{(command.Subcommands.Count > 0 ? " COMMAND" : "")} ... {given}. {HelpOf(command)}");
        return new($"{Name(command)} has no option {given}{NearestKey.Hint(given, own)}", $"Its options are {string.Join(", ", own)}. {HelpOf(command)}");
    }

    private static CommandLineError? Of(Command command, ParseError error) => error.SymbolResult switch
    {
        OptionResult { IdentifierTokenCount: > 1 } option when option.Option.Arity.MaximumNumberOfValues == 1 =>
            new($"{option.Option.Name} is given {option.IdentifierTokenCount} times", $"Give it once. {HelpOf(command)}"),
        OptionResult option => Of(command, option),
        ArgumentResult { Tokens.Count: 0 } argument when argument.Parent is CommandResult => new($"{Name(command)} needs {argument.Argument.Name}", $"{argument.Argument.Description} {HelpOf(command)}"),
        ArgumentResult { Parent: OptionResult option } => Of(command, option),
        ArgumentResult argument => WrongValue(command, $"{argument.Argument.Name} '{string.Join(' ', argument.Tokens)}'", argument.Argument.ValueType, argument.Argument.Description),
        _ => null,
    };

    /// <summary>What is wrong with the value of an option.</summary>
    private static CommandLineError Of(Command command, OptionResult option) => option.Tokens.Count == 0
        ? new($"{option.Option.Name} needs a value: {option.Option.HelpName ?? "TEXT"}", $"{option.Option.Description} {HelpOf(command)}")
        : WrongValue(command, $"{option.Option.Name} {string.Join(' ', option.Tokens)}", option.Option.ValueType, option.Option.Description);

    private static CommandLineError WrongValue(Command command, string given, Type type, string? meaning)
    {
        Type value = Nullable.GetUnderlyingType(type) ?? type;
        string what = value == typeof(int) || value == typeof(long) ? "a whole number is needed" : value == typeof(bool) ? "true or false is needed" : "it can't be so";
        return new($"{given}: {what}", $"{meaning} {HelpOf(command)}");
    }

    private static string HelpOf(Command command) => $"{(command is RootCommand ? "--help" : $"{Name(command)} --help")} says more.";

    private static string Takes(Command command) => command.Arguments.Count == 0
        ? "It takes no more than its options."
        : $"It takes {string.Join(" and ", command.Arguments.Select(argument => argument.Name))}, and its options.";

    private static bool HasBelow(Command command, string option) =>
        command.Subcommands.Any(verb => verb.Options.Any(other => other.Name == option) || HasBelow(verb, option));
}
