using System.Text;
using System.Text.Json;
using StreamEngine.Commits;
using StreamEngine.Conformance;
using StreamEngine.Conformance.Kafka;
using StreamEngine.Contracts;
using StreamEngine.Flights.Checks;
using StreamEngine.Records;

namespace StreamEngine.Hosting.Tests.Kafka;

/// <summary>What a pipeline has on a cluster: what is said of it, what tools see of it, and what its reset and its deletion leave.</summary>
[Collection(HostProcesses.Name)]
public sealed class PipelineCommandsOnKafkaTests
{
    private static readonly string[] OwnTopics = ["counts-by-key", "counts.changelog", "dead-letters", "positions"];

    [SkippableFact]
    public void Topics_of_users_have_to_be_there_unless_they_are_to_be_made()
    {
        using (var strict = new HostOnKafka())
        {
            strict.Client.CreateTopic(strict.Input, 2);
            Assert.Contains("has to be there (log.kafka.create-topics = off)", strict.Ok("plan", strict.Definition), StringComparison.Ordinal);
            string refused = strict.Failed(1, "run", strict.Definition);
            Assert.Contains($"writes topic {strict.Output}, which doesn't exist in the Kafka cluster at {strict.Bootstrap}", refused, StringComparison.Ordinal);
            Assert.Contains($"streamengine topics create {strict.Output} --partitions 2", refused, StringComparison.Ordinal);
            Assert.Empty(strict.OwnTopics());
        }

        using var making = new HostOnKafka(createsTopics: true);
        making.Client.CreateTopic(making.Input, 2);
        making.Write("ada");
        making.Run();
        Assert.Equal(["ada"], making.Counts().Keys);
    }

    [SkippableFact]
    public void The_consumer_group_shows_the_lag_and_setting_it_changes_nothing()
    {
        using var host = new HostOnKafka();
        host.CreateTopics();
        host.Write("ada", "bob", "ada", "cyd");
        host.Run();
        AssertLags(host, 0);
        host.Write("ada", "bob");
        AssertLags(host, 2);

        host.Tools.ConsumerGroups("--group", host.Own, "--topic", host.Input, "--reset-offsets", "--to-earliest", "--execute");
        AssertLags(host, 6);
        Assert.Contains(
            $"\nconsumer group {host.Own}: a mirror of the positions, for tools; setting it changes nothing, pipelines reset {host.Pipeline} --to PLACE does\n",
            host.Ok("pipelines", "describe", host.Pipeline),
            StringComparison.Ordinal);
        host.Run();
        Assert.Equal(["ada 3", "bob 2", "cyd 1"], Sorted(host));
        AssertLags(host, 0);
    }

    [SkippableFact]
    public void A_plan_shows_the_topics_that_a_run_then_has()
    {
        using var host = new HostOnKafka();
        host.CreateTopics();
        string plan = host.Ok("plan", host.Definition);
        Assert.All(OwnTopics, topic => Assert.Contains($"{host.Own}.{topic}", plan, StringComparison.Ordinal));
        Assert.Empty(host.OwnTopics());
        host.Write("ada");
        host.Run();
        Assert.Equal(OwnTopics, host.OwnTopics().Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public void Dead_letters_are_counted_and_shown()
    {
        using var host = new HostOnKafka();
        host.CreateTopics();
        host.Write("ada");
        host.Client.Produce(host.Input, [new KafkaTestRecord("bad", "no json", 1)]);
        host.Run();
        Assert.Contains($"{host.Pipeline}\t1\ttopic {host.Own}.dead-letters\n", host.Ok("dlq", "list"), StringComparison.Ordinal);
        Assert.Contains($"\ndead letters: 1 in topic {host.Own}.dead-letters\n", host.Ok("pipelines", "describe", host.Pipeline), StringComparison.Ordinal);
        string shown = Assert.Single(host.Ok("dlq", "show", host.Pipeline, "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        JsonElement letter = JsonDocument.Parse(shown).RootElement;
        Assert.Equal((host.Input, "1"), (letter.GetProperty("source").GetString(), letter.GetProperty("partition").GetString()!.Split('/')[^1]));
    }

    [SkippableFact]
    public void A_reset_removes_all_but_the_positions_topic_and_the_next_run_begins_at_the_beginning()
    {
        using var host = new HostOnKafka();
        host.CreateTopics();
        host.Write("ada", "bob", "ada");
        host.Run();
        Assert.Contains("nothing to do", host.Run(), StringComparison.Ordinal);
        string reset = host.Ok("pipelines", "reset", host.Pipeline);
        Assert.Contains($"remove\ttopic\t{host.Own}.counts-by-key\t", reset, StringComparison.Ordinal);
        Assert.Contains($"keep\ttopic\t{host.Own}.positions\t", reset, StringComparison.Ordinal);
        Assert.Equal(["positions"], host.OwnTopics());
        Assert.DoesNotContain(host.Own, host.Tools.ConsumerGroups("--list").Split('\n'));

        host.Run();
        Assert.Equal(["ada 2", "bob 1"], Sorted(host));
        Assert.Equal(4, host.Client.ReadCommitted(host.Output).Count(record => record.Key is "ada" or "bob"));
        Assert.Contains("generation 4", host.Ok("pipelines", "describe", host.Pipeline), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_deletion_takes_the_topics_along_where_that_is_wanted_and_a_later_run_has_the_next_generation()
    {
        using var host = new HostOnKafka();
        host.CreateTopics();
        host.Write("ada");
        host.Run();
        string deleted = host.Ok("pipelines", "delete", host.Pipeline, "--topics");
        Assert.Contains($"remove\ttopic\t{host.Output}\t", deleted, StringComparison.Ordinal);
        Assert.EndsWith($"pipeline {host.Pipeline} is deleted\n", deleted, StringComparison.Ordinal);
        Assert.Equal(["positions"], host.OwnTopics());
        Assert.DoesNotContain(host.Output, host.Client.Topics());
        Assert.DoesNotContain(host.Pipeline, host.Ok("pipelines", "list"), StringComparison.Ordinal);

        host.Client.CreateTopic(host.Output, 2);
        host.Run();
        Assert.Equal(["ada 1"], Sorted(host));
        Assert.Contains("generation 3", host.Ok("pipelines", "describe", host.Pipeline), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void What_cannot_be_read_of_one_pipeline_is_said_and_keeps_nobody_from_the_others()
    {
        using var host = new HostOnKafka();
        host.CreateTopics();
        host.Write("ada");
        host.Client.Produce(host.Input, [new KafkaTestRecord("bad", "no json", 1)]);
        host.Run();
        string damaged = $"damaged-{Guid.NewGuid():N}", guarded = $"guarded-{Guid.NewGuid():N}", newer = $"newer-{Guid.NewGuid():N}";
        var record = new HomeRecord { Version = 99, Start = StartId.New(), Generation = Generation.None, State = HomeState.Stopped };
        try
        {
            WriteHome(host, damaged, "no json");
            WriteHome(host, guarded, Home("""{"log":"another","generation":1}"""));
            WriteHome(host, newer, Home(Encoding.UTF8.GetString(record.ToBytes())));

            (string listed, string _) = host.Ends(1, "pipelines", "list");
            Assert.Contains($"{host.Pipeline}\tstopped\tgeneration 1\t", listed, StringComparison.Ordinal);
            Assert.Contains($"{damaged}\tunreadable\t\t\tpipeline {damaged}: a record of the positions topic can't be read: ", listed, StringComparison.Ordinal);
            Assert.Contains($"{newer}\tunreadable\t\t\tpipeline {newer}: a home record has format 99, ", listed, StringComparison.Ordinal);
            Assert.DoesNotContain(guarded, listed, StringComparison.Ordinal);
            string line = Assert.Single(host.Ends(1, "pipelines", "list", "--json").Output.Split('\n'), line => line.Contains(damaged, StringComparison.Ordinal));
            Assert.Equal("unreadable", JsonDocument.Parse(line).RootElement.GetProperty("state").GetString());

            (string letters, string errors) = host.Ends(1, "dlq", "list");
            Assert.Contains($"{host.Pipeline}\t1\ttopic {host.Own}.dead-letters\n", letters, StringComparison.Ordinal);
            Assert.Contains($"pipeline {damaged}: whether it has dead letters elsewhere too isn't known: ", errors, StringComparison.Ordinal);

            host.Client.CreateTopic($"{host.Own}-other");
            string refused = host.Refused("topics", "delete", $"{host.Own}-other");
            Assert.Contains($"pipeline {damaged} may use it: its record can't be read (", refused, StringComparison.Ordinal);
            Assert.DoesNotContain($"pipeline {host.Pipeline}", refused, StringComparison.Ordinal);
            Assert.Equal($"topic {host.Own}-other is deleted\n", host.Ok("topics", "delete", $"{host.Own}-other", "--force"));
        }
        finally
        {
            foreach (string name in (string[])[damaged, guarded, newer]) host.Client.DeleteTopic($"streamengine.{name}.positions");
        }
    }

    [SkippableFact]
    public void A_pipeline_that_was_reset_keeps_nobody_from_topics_that_it_did_not_use()
    {
        using HostOnKafka host = new(), other = new();
        foreach (HostOnKafka ran in (HostOnKafka[])[host, other])
        {
            ran.CreateTopics();
            ran.Write("ada");
            ran.Run();
        }

        other.Ok("pipelines", "reset", other.Pipeline);
        Assert.Contains($"pipeline {other.Pipeline} used it before it was reset, and hasn't run since", host.Refused("topics", "delete", other.Output), StringComparison.Ordinal);
        Assert.Contains($"pipeline {other.Pipeline} used it before it was reset, and hasn't run since", host.Refused("topics", "delete", other.Input), StringComparison.Ordinal);
        other.Ok("pipelines", "reset", other.Pipeline);
        Assert.Contains($"pipeline {other.Pipeline} used it before it was reset, and hasn't run since", host.Refused("topics", "delete", other.Output), StringComparison.Ordinal);
        host.Ok("pipelines", "delete", host.Pipeline, "--topics");
        Assert.DoesNotContain(host.Output, host.Client.Topics());
        Assert.Contains(other.Output, host.Client.Topics());
    }

    [SkippableFact]
    public void Dead_letters_on_another_cluster_are_said_to_be_in_its_topic()
    {
        using var host = new HostOnKafka();
        using var folder = new TemporaryFolder();
        string data = folder.Combine("data"), file = folder.Combine("copy.conf");
        File.WriteAllText(folder.Combine("in.csv"), "name\nada\n");
        File.WriteAllText(file, $$"""
            stream-engine {
              clusters.east.client.bootstrap.servers = "{{host.Bootstrap}}"
              pipelines.{{host.Pipeline}} {
                source { connector = files, format = csv, path = in.csv }
                sink { connector = kafka, cluster = east, topic = {{host.Output}}, create = true }
              }
            }
            """);
        string place = $"topic {host.Own}.dead-letters of cluster east";
        using (HostProcess run = HostProcess.Run(["run", file, "--data", data])) Assert.True(run.ExitCode == 0, run.Text);
        using (HostProcess list = HostProcess.Run(["dlq", "list", "--data", data])) Assert.Equal($"{host.Pipeline}\t-\t{place}\n", list.Output);
        using HostProcess described = HostProcess.Run(["pipelines", "describe", host.Pipeline, "--data", data]);
        Assert.Contains($"; others in {place}\n", described.Output, StringComparison.Ordinal);
        using HostProcess shown = HostProcess.Run(["dlq", "show", host.Pipeline, "--data", data]);
        Assert.Equal($"pipeline {host.Pipeline} commits in kafka:east too: its dead letters there are in {place}\n", shown.Errors);
    }

    private static string Home(string record) => JsonSerializer.Serialize(new { start = Guid.NewGuid(), version = 1, record });

    private static void WriteHome(HostOnKafka host, string pipeline, string value)
    {
        host.Client.CreateTopic($"streamengine.{pipeline}.positions", 2, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        host.Client.Produce($"streamengine.{pipeline}.positions", [new KafkaTestRecord("[\"home\"]", value, 0)]);
    }

    private static IEnumerable<string> Sorted(HostOnKafka host) =>
        host.Counts().Select(count => $"{count.Key} {JsonDocument.Parse(count.Value).RootElement.GetProperty("n").GetInt64()}").Order(StringComparer.Ordinal);

    /// <summary>Waits until the group is as far behind the topic as Kafka's own tool says: it follows the commits.</summary>
    private static void AssertLags(HostOnKafka host, long lag)
    {
        string described = host.Tools.ConsumerGroups("--describe", "--group", host.Own);
        long shown = described.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields.Length > 5 && fields[1] == host.Input).Sum(fields => long.Parse(fields[5]));
        Assert.True(shown == lag, $"the lag is to be {lag}:\n{described}");
    }
}
