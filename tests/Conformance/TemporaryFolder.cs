namespace StreamEngine.Conformance;

/// <summary>A folder of a test's own, gone with all that is in it at the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("streamengine-tests-").FullName;

    public string Path { get; }

    public string Combine(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
