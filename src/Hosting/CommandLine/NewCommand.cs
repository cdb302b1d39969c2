using System.CommandLine;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.Templates;

namespace StreamEngine.Hosting.CommandLine;

/// <summary><c>new PATH</c>: pipelines to start from, which run as they are.</summary>
internal static class NewCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "The folder to make; one that is there must be empty." };
        var project = new Option<bool>("--project") { Description = "A project in C#; so it is if nothing else is asked for." };
        var hocon = new Option<bool>("--hocon") { Description = "A file of pipelines without code." };
        var command = new Command("new", "Make pipelines to start from, with a little data, which run at once; nothing is ever overwritten.") { path, project, hocon };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(path)!;
            if (string.IsNullOrWhiteSpace(folder)) throw new EngineException(ErrorDomain.User, "the path of what is to be made is empty", "Give the name of a folder: new orders.");
            if (parsed.GetValue(project) && parsed.GetValue(hocon)) throw new EngineException(ErrorDomain.User, "--project and --hocon exclude each other", "Give one of them.");
            ProjectTemplate template = parsed.GetValue(hocon) ? ProjectTemplate.WithoutCode(Path.GetFullPath(folder)) : ProjectTemplate.For(Path.GetFullPath(folder));
            foreach (string file in template.Write()) Console.Out.WriteLine($"made {Path.Combine(folder, file)}");
            Console.Out.WriteLine("\nnext:");
            string given = Invocation.Quote(template.Program.Length == 0 ? folder : Path.Combine(folder, template.Program));
            foreach (string next in (string[])[$"check {given}", $"run {given}", "topics read spent"]) Console.Out.WriteLine($"  {Invocation.Command} {next}");
            return ExitCode.Success;
        });
        return command;
    }
}
