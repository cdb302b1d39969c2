using StreamEngine.Diagnostics;

namespace StreamEngine.Files;

/// <summary>Tells whether a file is the one that a position points into.</summary>
internal static class FileIdentity
{
    /// <summary>The first bytes of a file that has just been opened; fewer where it is shorter.</summary>
    public static ReadOnlySpan<byte> First(FileContent content, int bytes)
    {
        while (content.Window.Length < bytes && content.Fill() > 0)
        {
        }

        return content.Window[..Math.Min(content.Window.Length, bytes)];
    }

    /// <summary>Checks a file that has just been opened.</summary>
    /// <exception cref="EngineException">It is another one.</exception>
    public static void Check(string name, FileContent content, FilePosition from)
    {
        int bytes = from.IdentityBytes;
        ReadOnlySpan<byte> first = First(content, bytes);
        if (first.Length == bytes && FilePosition.IdentityOf(first) == from.Identity) return;
        if (content.Failure is { } failure and not EndOfStreamException) throw FileErrors.Explain(name, failure);
        throw FileErrors.Changed(
            name,
            first.Length < bytes
                ? $"is shorter than it was when it was read up to line {from.Line - 1}: it was cut, or replaced by another file"
                : $"doesn't begin as it did when it was read up to line {from.Line - 1}: it was replaced by another file, or its beginning was changed");
    }
}
