using System.CommandLine;
using StreamEngine.Settings;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Hosting.CommandLine.Config;

/// <summary><c>config render FILE</c>: resolves any HOCON file, whatever it is for.</summary>
internal static class ConfigRender
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Any HOCON file; nothing is checked but that it can be read and resolved." };
        var hocon = new Option<bool>("--hocon") { Description = "As HOCON, with nothing left to include or to substitute." };
        var reveal = new Option<bool>("--reveal") { Description = "Print values whose names say that they are secrets: password, token and so on." };
        var command = new Command("render", "Resolve a HOCON file, with all it includes, and print it as JSON.") { file, hocon, reveal };
        command.SetAction(parsed =>
        {
            HoconObject resolved = HoconDocument.Load(parsed.GetValue(file)!).Resolve();
            Func<IReadOnlyList<string>, bool>? isSecret = parsed.GetValue(reveal) ? null : SecretPaths.ByName;
            Console.Out.Write(parsed.GetValue(hocon)
                ? HoconWriter.ToHocon(resolved, new HoconRendering { HasComments = true, IsSecret = isSecret })
                : HoconWriter.ToJson(resolved, indented: true, isSecret) + "\n");
            return ExitCode.Success;
        });
        return command;
    }
}
