using System.Text.Json;
using StreamEngine.Log;
using StreamEngine.Log.Rocks;

namespace StreamEngine.Tests.Log;

public sealed class EmbeddedLogTests_Version : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task When_a_newer_build_wrote_the_log_then_it_is_refused_and_not_changed()
    {
        string path = folder.Combine("log");
        IReadOnlyList<string> content;
        using (EmbeddedLog log = await LogImage.FillAsync(path, 5)) content = LogImage.ContentOf(log);
        LogIdentity identity = Rewrite(path, identity => identity with { Version = LogLayout.FormatVersion + 1 });
        Assert.Equal(LogLayout.FormatVersion + 1, identity.Version);

        var error = Assert.Throws<DataVersionException>(() => EmbeddedLog.Open(path, LogImage.Quiet));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains($"its format is {LogLayout.FormatVersion + 1}, this build knows formats up to {LogLayout.FormatVersion}", error.Message, StringComparison.Ordinal);
        Assert.Contains("Use the newer version", error.Remedy, StringComparison.Ordinal);
        Rewrite(path, found =>
        {
            Assert.Equal(identity, found);
            return found with { Version = LogLayout.FormatVersion };
        });
        using EmbeddedLog again = EmbeddedLog.Open(path, LogImage.Quiet);
        Assert.Equal(content, LogImage.ContentOf(again));
    }

    /// <summary>Rewrites the identity of a closed log, and returns the new one.</summary>
    private static LogIdentity Rewrite(string path, Func<LogIdentity, LogIdentity> change)
    {
        using RocksDatabase db = RocksDatabase.Open(path, LogLayout.Families, new RocksMemory(1 << 20, 1 << 20));
        LogIdentity identity = change(JsonSerializer.Deserialize(db.Get(LogLayout.Topics, LogLayout.IdentityKey), LogJson.Default.LogIdentity)!);
        using RocksBatch batch = db.NewBatch();
        batch.Put(LogLayout.Topics, LogLayout.IdentityKey, LogJson.Bytes(identity));
        db.Write(batch);
        return identity;
    }
}
