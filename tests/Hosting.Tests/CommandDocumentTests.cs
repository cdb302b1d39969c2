using System.CommandLine;
using System.Text.RegularExpressions;
using StreamEngine.Flights.Checks;
using StreamEngine.Hosting.CommandLine;

namespace StreamEngine.Hosting.Tests;

/// <summary>What is said of commands, in the document and by <c>--help</c>, is what there is.</summary>
public sealed partial class CommandDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(HostProcess.Repository, "docs", "command-line.md"));

    private static readonly RootCommand Root = Commands.Create(own: null);

    public static TheoryData<string> Names => [.. Leaves(Root).Select(CommandLineErrors.Name)];

    [Fact]
    public void The_document_has_a_section_for_each_command_and_for_no_other() => Assert.Equal(
        Leaves(Root).Select(command => string.Join(' ', command.Arguments.Select(argument => argument.Name).Prepend(CommandLineErrors.Name(command)))).Order(),
        Heading().Matches(Document).Select(match => match.Groups[1].Value).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void The_section_of_a_command_has_its_options_and_no_others(string name)
    {
        string section = Document[Document.IndexOf($"### `{name}", StringComparison.Ordinal)..];
        int end = section.IndexOf("\n##", StringComparison.Ordinal);
        if (end >= 0) section = section[..end];
        Assert.Equal(
            HelpPage.OptionsOf(Find(name)).Where(option => option.Name is not ("--help" or "--version")).Select(HelpPage.Label).Order(),
            Option().Matches(section).Select(match => match.Groups[1].Value).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_command_has_one_to_three_examples_that_can_be_typed(string name)
    {
        IReadOnlyList<string> examples = CommandExamples.Of(Find(name));
        Assert.InRange(examples.Count, 1, 3);
        Assert.All(examples, example =>
        {
            ParseResult parsed = Root.Parse(example);
            Assert.Equal(name, CommandLineErrors.Name(parsed.CommandResult.Command));
            Assert.Empty(CommandLineErrors.Of(parsed));
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_help_of_a_command_says_all_that_it_takes(string name)
    {
        Command command = Find(name);
        using var help = new StringWriter();
        HelpPage.Write(command, help, TextStyle.Plain, 80);
        string text = help.ToString();
        Assert.All(text.Split('\n').TakeWhile(line => line != "Examples:"), line => Assert.True(line.Length <= 80 || !line.StartsWith("  ", StringComparison.Ordinal), line));
        Assert.All(HelpPage.OptionsOf(command), option => Assert.Contains(HelpPage.Label(option), text, StringComparison.Ordinal));
        Assert.All(command.Arguments, argument => Assert.Contains($"  {argument.Name} ", text, StringComparison.Ordinal));
        Assert.All(command.Options.Select(option => option.Description).Concat(command.Arguments.Select(argument => argument.Description)), Assert.NotNull);
        Assert.Contains("Examples:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_exit_codes_of_the_document_are_those_there_are() => Assert.Equal(
        new[] { ExitCode.Success, ExitCode.Failed, ExitCode.Refused, ExitCode.WrongSettings, ExitCode.TakenOver, ExitCode.Interrupted }.Select(code => code.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Code().Matches(Document).Select(match => match.Groups[1].Value));

    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0 ? [command] : command.Subcommands.Where(verb => !verb.Hidden).SelectMany(Leaves);

    private static Command Find(string name) => Leaves(Root).Single(command => CommandLineErrors.Name(command) == name);

    [GeneratedRegex(@"^### `([^`]+)`$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `(--[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"^\| ([0-9]+) \|", RegexOptions.Multiline)]
    private static partial Regex Code();
}
