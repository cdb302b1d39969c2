using System.CommandLine;
using StreamEngine.Hosting.Templates;

namespace StreamEngine.Hosting.CommandLine;

/// <summary><c>new PATH</c>: pipelines to start from, which run as they are.</summary>
internal static class NewCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "The folder to make; one that is there must be empty." };
        var command = new Command("new", "Make a project of pipelines with a little data, which runs at once; nothing is ever overwritten.") { path };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(path)!;
            var template = ProjectTemplate.For(Path.GetFullPath(folder));
            foreach (string file in template.Write()) Console.Out.WriteLine($"made {Path.Combine(folder, file)}");
            Console.Out.WriteLine("\nnext:");
            string given = Invocation.Quote(folder);
            foreach (string next in (string[])[$"check {given}", $"run {given}", "topics read spent"]) Console.Out.WriteLine($"  {Invocation.Command} {next}");
            return ExitCode.Success;
        });
        return command;
    }
}
