using System.Reflection;
using System.Runtime.Loader;

namespace StreamEngine.Hosting.Loading;

/// <summary>
/// Where a program of pipelines is loaded: what the host has comes from the host, so that the engine is there once; the rest from the program's
/// own folder.
/// </summary>
internal sealed class PipelineLoadContext(string assembly) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(assembly))
{
    private readonly AssemblyDependencyResolver resolver = new(assembly);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is { } name && HostAssemblies.Paths.ContainsKey(name)) return null;
        return resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}

/// <summary>The assemblies that the host itself runs on.</summary>
internal static class HostAssemblies
{
    /// <summary>Their files, by simple name.</summary>
    public static IReadOnlyDictionary<string, string> Paths { get; } =
        (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(Path.GetFileNameWithoutExtension).ToDictionary(group => group.Key!, group => group.First(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Those that lie beside the host, which are no part of .NET.</summary>
    public static IEnumerable<string> Own => Paths.Values.Where(path => Path.GetDirectoryName(path) == AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    /// <summary>How the host was built, which programs are built likewise: Debug or Release.</summary>
    public static string Configuration { get; } = typeof(HostAssemblies).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration is "Debug" ? "Debug" : "Release";
}
