using System.IO.Hashing;
using System.Security;
using System.Text;

namespace StreamEngine.Hosting.Loading;

/// <summary>A lone .cs file, built against the assemblies of the host itself by a project made for it in the user's cache.</summary>
internal sealed class ScriptBuild(string file) : IProgramBuild
{
    private string Folder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "streamengine",
        "pipelines",
        $"{Path.GetFileNameWithoutExtension(file)}-{Convert.ToHexString(XxHash64.Hash(Encoding.UTF8.GetBytes(file))).ToLowerInvariant()}");

    public string StampFile => Path.Combine(Folder, $"{HostAssemblies.Configuration}.stamp");

    public IEnumerable<string> Inputs() => [file];

    public string Build()
    {
        Directory.CreateDirectory(Folder);
        string project = Path.Combine(Folder, $"{Path.GetFileNameWithoutExtension(file)}.csproj");
        File.WriteAllText(project, Project());

        // The cache may lie below a folder with settings of somebody else's.
        foreach (string name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"]) File.WriteAllText(Path.Combine(Folder, name), "<Project />\n");
        return DotnetBuild.Build(project, file);
    }

    private string Project() => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseAppHost>false</UseAppHost>
            <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
          </PropertyGroup>
          <ItemGroup>
            <Compile Include="{SecurityElement.Escape(file)}" />
        {string.Join('\n', HostAssemblies.Own.Select(path => $"""    <Reference Include="{SecurityElement.Escape(path)}" Private="false" />"""))}
          </ItemGroup>
          <ItemGroup>
            <Using Include="StreamEngine.Contracts" />
            <Using Include="StreamEngine.Files" />
            <Using Include="StreamEngine.Hosting" />
            <Using Include="StreamEngine.Operators" />
            <Using Include="StreamEngine.Records" />
            <Using Include="StreamEngine.Sql" />
          </ItemGroup>
        </Project>

        """;
}
