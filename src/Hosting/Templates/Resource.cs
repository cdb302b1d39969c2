namespace StreamEngine.Hosting.Templates;

/// <summary>Texts that the host writes for its users, embedded in it.</summary>
internal static class Resource
{
    /// <summary>A text by its path below this folder.</summary>
    public static string Read(string path)
    {
        using Stream stream = typeof(Resource).Assembly.GetManifestResourceStream($"templates/{path}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
