using StreamEngine.Diagnostics;
using StreamEngine.Log;

namespace StreamEngine.Tests.Log;

/// <summary>The file that notes where the log ends: what it tells, and what is done when it can't.</summary>
public sealed class EmbeddedLogTests_DurableEnd : DamageFixture
{
    [Fact]
    public async Task When_the_write_ahead_log_ends_in_a_torn_commit_that_nobody_was_told_of_then_the_log_opens_without_it()
    {
        using EmbeddedLog log = await LogImage.FillAsync(Folder.Combine("log"), 20);
        using LogImage before = LogImage.Of(log);
        log.Create(new Contracts.TopicSpec("unnoted"));
        using LogImage after = LogImage.Of(log);
        string wal = after.Named(".log")[^1];
        int from = before.Files[wal].Length, to = after.Files[wal].Length;
        for (int length = from; length < to; length += 7)
        {
            string path = after.Copy();
            Cut(path, wal, length);
            File.WriteAllBytes(LogFiles.EndFile(path), before.Files["log.end"]);

            Assert.Equal(before.Content, Content(path));
        }
    }

    [Fact]
    public async Task When_the_whole_database_is_gone_and_its_durable_end_is_not_then_the_log_is_refused()
    {
        using LogImage image = await ClosedImageAsync();

        EngineException error = Refused(
            image,
            path =>
            {
                Directory.Delete(path, recursive: true);
                Directory.CreateDirectory(path);
            },
            "an empty folder");

        Assert.Contains("log.end", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_both_notes_of_the_durable_end_are_damaged_then_the_log_is_refused()
    {
        using LogImage image = await OpenImageAsync();

        EngineException error = Refused(
            image,
            path =>
            {
                Flip(path, "log.end", 3);
                Flip(path, "log.end", 16 + 3);
            },
            "two damaged notes");

        Assert.Contains("log.end", error.Message, StringComparison.Ordinal);
        Assert.Contains("empty file", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_one_note_of_the_durable_end_is_damaged_then_the_other_still_tells()
    {
        using LogImage image = await OpenImageAsync();
        string wal = image.Named(".log")[^1];
        foreach (int slot in (int[])[0, 16])
        {
            string path = image.Copy();
            Flip(path, "log.end", slot + 3);
            Assert.Equal(image.Content, Content(path));

            Refused(
                image,
                damaged =>
                {
                    Flip(damaged, "log.end", slot + 3);
                    Cut(damaged, wal, image.Files[wal].Length / 2);
                },
                "a log that is too short");
        }
    }

    [Fact]
    public async Task When_the_durable_end_is_missing_then_the_log_is_refused_until_somebody_vouches_for_it()
    {
        using LogImage image = await OpenImageAsync();

        EngineException error = Refused(image, path => File.Delete(InImage(path, "log.end")), "no durable end");

        Assert.Contains("log.end", error.Message, StringComparison.Ordinal);
        string vouched = image.Copy();
        File.WriteAllBytes(LogFiles.EndFile(vouched), []);
        Assert.Equal(image.Content, Content(vouched));
    }
}
