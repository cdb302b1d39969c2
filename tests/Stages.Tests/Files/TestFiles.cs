using System.IO.Compression;
using System.Text;

namespace StreamEngine.Stages.Tests.Files;

/// <summary>Writes files as other programs do.</summary>
internal static class TestFiles
{
    /// <summary>Appends text; to a file called .gz as one more member.</summary>
    public static void Append(string path, string text) => Append(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Appends bytes; to a file called .gz as one more member.</summary>
    public static void Append(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.Append);
        if (path.EndsWith(".gz", StringComparison.Ordinal)) file.Write(Compress(content));
        else file.Write(content);
    }

    /// <summary>The content compressed by gzip.</summary>
    public static byte[] Compress(byte[] content)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(content);
        return compressed.ToArray();
    }
}
