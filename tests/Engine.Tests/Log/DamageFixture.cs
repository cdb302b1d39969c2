using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Tests.Log;

/// <summary>Damages copies of a log, and looks at what opening and reading them makes of it.</summary>
public abstract class DamageFixture : IDisposable
{
    internal TemporaryFolder Folder { get; } = new();

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    internal async Task<LogImage> OpenImageAsync()
    {
        using EmbeddedLog log = await LogImage.FillAsync(Folder.Combine(Guid.NewGuid().ToString("N")), 60);
        return LogImage.Of(log);
    }

    internal async Task<LogImage> ClosedImageAsync()
    {
        EmbeddedLog log = await LogImage.FillAsync(Folder.Combine(Guid.NewGuid().ToString("N")), 60);
        return LogImage.OfClosed(log);
    }

    /// <summary>Damages a copy of the log, and checks that it is refused, with what has to be known, at the second opening too.</summary>
    internal static EngineException Refused(LogImage image, Action<string> damage, string what)
    {
        string path = image.Copy();
        damage(path);
        EngineException? first = Error(path), second = Error(path);
        Assert.True(first is not null, $"{what}: the log was opened and read");
        Assert.True(second is not null, $"{what}: the log was opened and read the second time");
        Assert.Equal(ErrorDomain.Data, first.Domain);
        Assert.NotEqual("", first.Remedy);
        Assert.Contains(Path.GetDirectoryName(path)!, first.Message, StringComparison.Ordinal);
        return first;
    }

    /// <summary>Damages a copy of the log, and checks that it is refused, or nothing of it is missing.</summary>
    internal static void Whole(LogImage image, Action<string> damage, string what)
    {
        string path = image.Copy();
        damage(path);
        foreach (int opening in (int[])[1, 2])
        {
            try
            {
                IReadOnlyList<string> content = Content(path);
                Assert.True(image.Content.SequenceEqual(content), $"{what}, opening {opening}: {content.Count} lines are left of {image.Content.Count}");
            }
            catch (EngineException e)
            {
                Assert.Equal((ErrorDomain.Data, what), (e.Domain, what));
            }
        }
    }

    internal static EngineException? Error(string path)
    {
        try
        {
            Content(path);
            return null;
        }
        catch (EngineException e)
        {
            return e;
        }
    }

    internal static IReadOnlyList<string> Content(string path)
    {
        using EmbeddedLog log = EmbeddedLog.Open(path, LogImage.Quiet);
        return LogImage.ContentOf(log);
    }

    internal static string InImage(string path, string name) => Path.Combine(Path.GetDirectoryName(path)!, name);

    internal static void Flip(string path, string name, int at)
    {
        byte[] bytes = File.ReadAllBytes(InImage(path, name));
        bytes[at] ^= 0x5A;
        File.WriteAllBytes(InImage(path, name), bytes);
    }

    internal static void Cut(string path, string name, int length)
    {
        using FileStream file = File.OpenWrite(InImage(path, name));
        file.SetLength(length);
    }
}
