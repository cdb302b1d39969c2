using System.Diagnostics;
using StreamEngine.Commits;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Tests.Commits;

/// <summary>Whether the start that holds a pipeline is at work: by its process, by its heartbeat, by the clock of whoever looks.</summary>
public sealed class ProcessIdentityTests
{
    private static readonly ProcessIdentity Other = ProcessIdentity.Current with { Instance = "other" };

    private readonly TestClock clock = new();

    [Fact]
    public void A_process_that_runs_is_never_known_to_be_gone()
    {
        Assert.False(Other.KnowsGone(ProcessIdentity.Current.Sign(Record())));
    }

    [Fact]
    public void A_process_that_has_ended_is_known_to_be_gone_on_its_own_machine_only()
    {
        using Process ended = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        ended.WaitForExit();
        HomeRecord record = (ProcessIdentity.Current with { Process = ended.Id }).Sign(Record());

        Assert.True(Other.KnowsGone(record));
        Assert.False(Other.KnowsGone(record with { Machine = "elsewhere" }));
    }

    [Fact]
    public void A_number_that_was_given_to_another_process_since_is_no_sign_of_life()
    {
        HomeRecord record = ProcessIdentity.Current.Sign(Record());

        Assert.True(Other.KnowsGone(record with { ProcessStartedAt = record.ProcessStartedAt - 1 }));
    }

    [Fact]
    public void A_record_of_an_older_build_says_nothing_of_its_process()
    {
        HomeRecord record = ProcessIdentity.Current.Sign(Record()) with { Machine = null, ProcessStartedAt = null };

        Assert.False(Other.KnowsGone(record));
    }

    [Fact]
    public void A_heartbeat_is_young_until_it_is_as_old_as_the_timeout()
    {
        HomeRecord record = Record();
        var watch = new HolderWatch(TimeSpan.FromSeconds(15), Other, clock);
        HomeEntry entry = Entry(record) with { Heartbeat = clock.GetUtcNow() };

        clock.Advance(TimeSpan.FromSeconds(14));
        Assert.True(watch.Lives(entry, record));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(watch.Lives(entry, record));
    }

    [Fact]
    public void A_heartbeat_from_the_future_counts_until_it_has_stayed_the_same_for_too_long()
    {
        HomeRecord record = Record();
        var watch = new HolderWatch(TimeSpan.FromMilliseconds(1), Other, TimeProvider.System);
        HomeEntry entry = Entry(record) with { Heartbeat = TimeProvider.System.GetUtcNow().AddYears(1) };

        Assert.True(watch.Lives(entry, record));
        Assert.True(SpinWait.SpinUntil(() => !watch.Lives(entry, record), TimeSpan.FromSeconds(30)));
        Assert.True(watch.Lives(entry with { Heartbeat = entry.Heartbeat.Value.AddTicks(1) }, record));
    }

    [Fact]
    public void Where_a_lock_stands_for_the_holder_whoever_reads_is_alone()
    {
        HomeRecord record = Record();

        Assert.False(new HolderWatch(TimeSpan.FromHours(1), Other, clock).Lives(Entry(record), record));
    }

    private static HomeRecord Record() => new() { Start = StartId.New(), Generation = new Generation(1), State = HomeState.Running };

    private static HomeEntry Entry(HomeRecord record) => new(record.Start, record.ToBytes(), 1);
}
