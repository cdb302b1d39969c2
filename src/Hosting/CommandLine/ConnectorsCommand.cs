using System.CommandLine;
using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Catalogue;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.CommandLine;

/// <summary><c>connectors list|describe</c>: what pipelines without code are composed of, with every option.</summary>
internal static class ConnectorsCommand
{
    public static Command Create() => new("connectors", "Connectors and transforms that pipelines without code are composed of.") { List(), Describe() };

    private static Option<bool> Json() => new("--json") { Description = "For programs: an array with an object for each." };

    private static Command List()
    {
        Option<bool> json = Json();
        var command = new Command("list", "List them, with what each does.") { json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json)) Console.Out.WriteLine(ComponentJson.Of(StageCatalog.All, isWhole: false));
            else foreach (ComponentDefinition component in StageCatalog.All) Console.Out.WriteLine($"{component.Kind}\t{component.Name}\t{component.Summary}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Describe()
    {
        var name = new Argument<string>("NAME") { Description = "The name of a connector or a transform." };
        Option<bool> json = Json();
        var command = new Command("describe", "Describe one: what it does, its options with their types, defaults and meanings, an example.") { name, json };
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetValue(name)!;
            ComponentDefinition[] found = [.. StageCatalog.All.Where(component => component.Name == wanted)];
            if (found.Length == 0)
            {
                string near = NearestKey.Hint(wanted, StageCatalog.All.Select(component => component.Name));
                throw new EngineException(ErrorDomain.User, $"there is no connector and no transform {wanted}{near}", "connectors list shows those there are.");
            }

            Console.Out.WriteLine(parsed.GetValue(json) ? ComponentJson.Of(found, isWhole: true) : string.Join('\n', found.Select(ComponentText.Of)).TrimEnd());
            return ExitCode.Success;
        });
        return command;
    }
}
