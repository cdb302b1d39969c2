using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Flights.Checks;
using Xunit.Abstractions;

namespace StreamEngine.Faults.Tests.Kafka;

/// <summary>The disk with the copies of states gets full under a pipeline that runs: it says so, and goes on by itself once there is room.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int Megabytes = 32;
    private const int FailuresBeforeRoom = 5;
    private const int Keys = 500;
    private const int BytesEach = 100_000;

    [SkippableFact]
    public void A_full_disk_is_told_and_with_room_the_pipeline_goes_on_with_the_state_that_its_input_makes()
    {
        using var disk = new SmallDisk(Megabytes);
        using var data = new TemporaryFolder();

        // The journal stays out of it, which ends a pipeline when it can't be written.
        Directory.CreateDirectory(data.Combine("engine"));
        Directory.CreateSymbolicLink(data.Combine(Path.Combine("engine", "state")), disk.Path);
        using var run = new CopyRun(
            "full", "none", data: data.Path,
            transforms: "{ transform = key, fields = [n] }, { transform = aggregate, stage = texts, fields { count = \"count()\", last = \"last(pad)\" } }");
        using (HostProcess host = run.Start())
        {
            run.Put(0, Keys, bytes: BytesEach);
            host.WaitFor(() => host.Text.Contains("No space left on device", StringComparison.Ordinal), "that the disk is full is told");
            host.WaitFor(() => Failures(host) >= FailuresBeforeRoom, $"that tasks fail {FailuresBeforeRoom} times");
            disk.Grow(8 * Megabytes);
            run.AwaitOutput(host, Keys);
            run.Put(0, Keys);
            run.AwaitOutput(host, 2 * Keys);
            output.WriteLine($"{Failures(host)} times a task was begun again");
            CopyRun.Stop(host);
        }

        ILookup<string, long> counts = run.ReadOutput().ToLookup(record => record.Key!, record => CountOf(record.Value!));
        Assert.Equal(Keys, counts.Count);
        Assert.All(counts, key => Assert.Equal([1, 2], key));
    }

    private static int Failures(HostProcess host) => host.Text.Split('\n').Count(line => line.Contains("task failed, begins again", StringComparison.Ordinal));

    private static long CountOf(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("count").GetInt64();
    }
}
