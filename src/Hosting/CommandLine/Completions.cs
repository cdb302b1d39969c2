using System.CommandLine;
using System.CommandLine.Completions;
using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Hosting.CommandLine;

/// <summary>
/// What a command line that is being typed can go on with. Where nothing is known, shells offer files. Asked by the scripts that <c>completion</c> prints,
/// as <c>[suggest]</c> and the words behind the program's name, of which the last is the one being typed.
/// </summary>
internal static class Completions
{
    /// <summary>What scripts begin with.</summary>
    public const string Directive = "[suggest]";

    /// <summary>What the last of the words can be, in order.</summary>
    public static IEnumerable<string> Of(RootCommand root, IReadOnlyList<string> words)
    {
        string typed = words.Count == 0 ? "" : words[^1];
        Command command = root;
        Option? awaiting = null;
        int given = 0;
        foreach (string word in words.SkipLast(1))
        {
            if (awaiting is not null) awaiting = null;
            else if (word.StartsWith('-')) awaiting = HelpPage.OptionsOf(command).FirstOrDefault(option => (option.Name == word || option.Aliases.Contains(word)) && TakesValue(option));
            else if (command.Subcommands.FirstOrDefault(verb => verb.Name == word) is { } verb) command = verb;
            else given++;
        }

        CompletionContext context = root.Parse([.. words.SkipLast(1)]).GetCompletionContext();
        IEnumerable<string> known = awaiting is not null ? awaiting.GetCompletions(context).Select(item => item.Label)
            : typed.StartsWith('-') ? HelpPage.OptionsOf(command).Select(option => option.Name)
            : command.Subcommands.Count > 0 ? command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)
            : given < command.Arguments.Count ? command.Arguments[given].GetCompletions(context).Select(item => item.Label)
            : [];
        return known.Where(name => name.StartsWith(typed, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);
    }

    /// <summary>Completes an argument with the topics of a data directory that aren't internal to a pipeline.</summary>
    public static void AddTopics(this Argument argument, Option<string> data) => argument.CompletionSources.Add(
        context => NamesIn(context, data, view => view.Topics.Where(topic => topic.Spec.Owner is null).Select(topic => topic.Name)));

    /// <summary>Completes an argument with the pipelines that were started in a data directory.</summary>
    public static void AddPipelines(this Argument argument, Option<string> data) => argument.CompletionSources.Add(
        context => NamesIn(context, data, view => view.Pipelines.Select(pipeline => pipeline.Value)));

    private static IEnumerable<CompletionItem> NamesIn(CompletionContext context, Option<string> data, Func<LogView, IEnumerable<string>> names)
    {
        try
        {
            using LogView view = LogView.Open(context.ParseResult.GetValue(data)!);
            return [.. names(view).Select(name => new CompletionItem(name))];
        }
        catch (EngineException)
        {
            // Who completes a name is not helped by what is wrong with the directory; the command will say it.
            return [];
        }
    }

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;
}
