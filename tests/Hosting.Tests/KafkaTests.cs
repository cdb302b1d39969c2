using System.Text.Json;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Diagnostics;
using StreamEngine.Flights.Checks;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Hosting.Running;
using StreamEngine.Pipelines;

namespace StreamEngine.Hosting.Tests;

/// <summary>Commands where the log is a Kafka cluster.</summary>
[Collection(HostProcesses.Name)]
public sealed class KafkaTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableFact]
    public void Topics_of_a_cluster_are_made_filled_read_and_deleted_and_a_run_makes_none_that_it_is_not_told_to()
    {
        string bootstrap = KafkaServers.Shared.Bootstrap, orders = $"orders-{Guid.NewGuid():N}", copy = $"copy-{Guid.NewGuid():N}";
        File.WriteAllText(folder.Combine("copy.conf"), $$"""
            stream-engine {
              log { kind = kafka, kafka.client.bootstrap.servers = "{{bootstrap}}" }
              pipelines.copy-{{copy[5..]}} {
                source { connector = topic, name = {{orders}} }
                sink { connector = topic, name = {{copy}} }
              }
            }
            """);
        Assert.Equal($"topic {orders} is made, of 2 partitions\n", Ok("", "topics", "create", orders, "--partitions", "2"));
        Assert.Contains($"there is a topic {orders} already", Fails(2, "topics", "create", orders), StringComparison.Ordinal);
        Assert.Contains("--value-format can't be kept", Fails(2, "topics", "create", copy, "--value-format", "json"), StringComparison.Ordinal);
        Assert.Equal($"2 records written to topic {orders}\n", Ok("a={\"n\": 1}\nb=two\n", "topics", "write", orders, "--key-separator", "="));
        JsonElement[] read = [.. Ok("", "topics", "read", orders, "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["a {\"n\": 1}", "b \"two\""], read.Select(record => $"{record.GetProperty("key")} {record.GetProperty("value").GetRawText()}").Order());

        // A misspelt name would be a topic for ever.
        Assert.Contains($"topics create {copy} --partitions", Fails(1, "check", folder.Combine("copy.conf"), "--connect"), StringComparison.Ordinal);
        Assert.Contains($"{orders}: is there", Ok("", "check", folder.Combine("copy.conf"), "--connect", "--set", "stream-engine.log.kafka.create-topics=on"), StringComparison.Ordinal);
        Assert.Contains("has to be there", Ok("", "plan", folder.Combine("copy.conf")), StringComparison.Ordinal);
        Assert.Contains("Kafka log", Ok("", "doctor", "--data", folder.Combine("data")), StringComparison.Ordinal);
        Assert.Contains("checkpoints are copies", Fails(2, "checkpoints", "create"), StringComparison.Ordinal);
        Assert.Equal($"topic {orders} is deleted\n", Ok("", "topics", "delete", orders));
        Assert.False(Directory.Exists(folder.Combine("data")), "nothing of this needs a data directory");
    }

    [Fact]
    public void A_run_that_was_taken_over_ends_with_a_code_of_its_own_unless_something_failed_too()
    {
        var well = new PipelineStatus("well") { State = PipelineState.Completed };
        var taken = new PipelineStatus("taken") { State = PipelineState.Failed, Failure = TakenOverException.By("taken", "process 7 on other") };
        var failed = new PipelineStatus("failed") { State = PipelineState.Failed, Failure = new EngineException(ErrorDomain.External, "no", "Wait.") };

        Assert.Equal(ExitCode.Success, RunSession.CodeOf([well]));
        Assert.Equal(ExitCode.TakenOver, RunSession.CodeOf([well, taken]));
        Assert.Equal(ExitCode.Failed, RunSession.CodeOf([taken, failed]));
    }

    private string Ok(string input, params string[] words)
    {
        using HostProcess host = HostProcess.Start([.. words, .. Config(words)]);
        if (input.Length > 0) host.Send(input);
        host.WaitForExit();
        Assert.True(host.ExitCode == 0, host.Text);
        return host.Output;
    }

    private string Fails(int code, params string[] words)
    {
        using HostProcess host = HostProcess.Run([.. words, .. Config(words)]);
        Assert.True(host.ExitCode == code, host.Text);
        return host.Errors;
    }

    /// <summary>The settings; pipelines bring their own.</summary>
    private string[] Config(string[] words) => words.Contains(folder.Combine("copy.conf")) ? [] : ["--config", folder.Combine("copy.conf")];
}
