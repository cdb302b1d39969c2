using StreamEngine.Conformance.Kafka;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>Records that are too large for where they go: only they are set aside, or named; the records around them are there once.</summary>
public sealed class RefusedSizeTests(ITestOutputHelper output)
{
    private const int Failed = 1;
    private const int Around = 100;
    private const int Bound = 20_000;
    private const int TooLarge = 30_000;

    [SkippableFact]
    public void A_record_that_the_topic_takes_no_longer_becomes_a_dead_letter_and_the_rest_of_its_epoch_is_there_once()
    {
        using var run = new CopyRun("size-letters", "all");
        using HostProcess host = run.Start();
        PutAround(run, host);
        run.AwaitOutput(host, 2 * Around - 1);
        CopyRun.Stop(host);

        run.AssertOutput(Enumerable.Range(0, 2 * Around).Where(n => n != Around));
        KafkaTestRecord letter = Assert.Single(run.ReadDeadLetters());
        Assert.Contains("\"n\":100,", letter.Value, StringComparison.Ordinal);
        string message = MessageOf(letter);
        output.WriteLine(message);
        Assert.Contains(run.Output, message, StringComparison.Ordinal);
        Assert.Contains($"{Bound - 256} bytes", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_record_that_the_topic_takes_no_longer_fails_the_pipeline_by_name_and_with_a_larger_bound_all_is_there_once()
    {
        using var run = new CopyRun("size-fails", "none");
        using (HostProcess host = run.Start())
        {
            PutAround(run, host);
            Assert.True(host.WaitForExit(TimeSpan.FromSeconds(60)), $"it goes on:\n{host.Text}");
            host.WaitForExit();
            Assert.Equal(Failed, host.ExitCode);
            string error = TotalsRun.LastError(host);
            output.WriteLine(error);
            Assert.Contains($"{run.Input}, 0, {Around / 2}", error, StringComparison.Ordinal);
            Assert.Contains(run.Output, error, StringComparison.Ordinal);
            Assert.Matches(@"a record of 300\d\d bytes", error);
            Assert.Contains($"{Bound - 256} bytes", error, StringComparison.Ordinal);
            Assert.Contains("max.message.bytes", error, StringComparison.Ordinal);
        }

        run.LimitOutput(2 * TooLarge);
        using (HostProcess host = run.Start(follows: false))
        {
            host.WaitForExit();
            Assert.True(host.ExitCode == 0, host.Text);
        }

        run.AssertOutput(Enumerable.Range(0, 2 * Around));
    }

    [SkippableFact]
    public void A_record_too_large_for_the_topic_of_dead_letters_too_is_named_there_without_its_value()
    {
        using var run = new CopyRun("size-huge", "all");
        run.Put(0, 10);
        run.Put(10, 11, firstBytes: 2_000_000);
        using (HostProcess host = run.Start(follows: false))
        {
            host.WaitForExit();
            Assert.True(host.ExitCode == 0, host.Text);
        }

        run.AssertOutput(Enumerable.Range(0, 21).Where(n => n != 10));
        KafkaTestRecord letter = Assert.Single(run.ReadDeadLetters());
        Assert.Null(letter.Value);
        output.WriteLine(MessageOf(letter));
        Assert.Contains($"{run.Input}, 0, 5", MessageOf(letter), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Keyed_state_that_outgrows_its_changelog_fails_the_pipeline_by_topic_and_size()
    {
        using var run = new CopyRun(
            "size-state", "all", transforms: "{ transform = key, fields = [n] }, { transform = aggregate, stage = texts, fields { last = \"last(pad)\", most = \"max(pad)\" } }");
        run.Put(0, 10);
        run.Put(10, 1, firstBytes: 600_000);
        using HostProcess host = run.Start(follows: false);
        host.WaitForExit();
        string error = TotalsRun.LastError(host);
        output.WriteLine(error);
        Assert.Equal(Failed, host.ExitCode);
        Assert.Matches(@"a record of 1200\d\d\d bytes for topic streamengine\.size-state\.texts\.changelog", error);
        Assert.Contains("max.message.bytes", error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("positions")]
    [InlineData("texts.changelog")]
    public void A_topic_of_the_pipelines_own_that_takes_smaller_batches_than_clients_make_is_refused_by_name_before_anything_is_written(string own)
    {
        using var run = new CopyRun(
            $"size-own-{own[0]}", "all", transforms: "{ transform = key, fields = [n] }, { transform = aggregate, stage = texts, fields { last = \"last(n)\" } }");
        run.Put(0, 10);
        using (HostProcess host = run.Start(follows: false))
        {
            host.WaitForExit();
            Assert.True(host.ExitCode == 0, host.Text);
        }

        run.Limit($"streamengine.size-own-{own[0]}.{own}", CopyRun.BatchBytes);
        run.Put(10, 10);
        using (HostProcess host = run.Start(follows: false))
        {
            host.WaitForExit();
            string error = TotalsRun.LastError(host);
            output.WriteLine(error);
            Assert.NotEqual(0, host.ExitCode);
            Assert.Contains($"streamengine.size-own-{own[0]}.{own}", error, StringComparison.Ordinal);
            Assert.Contains("batch.size", error, StringComparison.Ordinal);
        }
    }

    /// <summary>Has the host copy small records, then lowers the bound under it, and puts a large one among small ones.</summary>
    private static void PutAround(CopyRun run, HostProcess host)
    {
        run.Put(0, Around);
        run.AwaitOutput(host, Around);
        run.LimitOutput(Bound);
        run.Put(Around, Around, TooLarge);
    }

    private static string MessageOf(KafkaTestRecord letter) => letter.Headers!.First(header => header.Key == "streamengine.message").Value!;
}
