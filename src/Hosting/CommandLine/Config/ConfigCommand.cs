using System.CommandLine;
using StreamEngine.Hosting.Loading;

namespace StreamEngine.Hosting.CommandLine.Config;

/// <summary><c>config show|get|render|reference</c>: what settings are in effect, where they come from, and what they mean.</summary>
internal static class ConfigCommand
{
    public static Command Create(IPipelineProgram? own) => new("config", "Show, resolve and explain settings.")
    {
        ConfigShow.Create(own),
        ConfigGet.Create(),
        ConfigRender.Create(),
        ConfigReference.Create(),
    };
}
