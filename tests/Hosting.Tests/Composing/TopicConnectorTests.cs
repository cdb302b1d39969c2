using StreamEngine.Conformance;
using StreamEngine.Contracts;
using StreamEngine.Log;

namespace StreamEngine.Hosting.Tests.Composing;

/// <summary>Topics as connectors of pipelines without code.</summary>
[Collection(HostProcesses.Name)]
public sealed class TopicConnectorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Data => folder.Combine("data");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_line_that_cannot_be_read_is_one_dead_letter_however_many_sinks_there_are()
    {
        File.WriteAllText(folder.Combine("in.json"), "{\"n\": 1}\nno json\n{\"n\": 2}\n");
        await RunAsync("""
            many {
              errors.tolerance = all
              source { connector = files, format = json, path = in.json }
              sinks { a { connector = topic, name = a }, b { connector = topic, name = b }, c { connector = topic, name = c } }
            }
            """);
        Assert.Equal([2L, 2, 2, 1], new[] { "a", "b", "c", "streamengine.many.dead-letters" }.Select(topic => TopicText.Count(Data, topic)));
    }

    [Fact]
    public async Task A_topic_of_numbers_is_not_given_keys_that_its_readers_could_not_read()
    {
        File.WriteAllText(folder.Combine("in.json"), "{\"n\": 1}\n");
        string Pipeline(string name, string format) => $$"""
            {{name}} {
              source { connector = files, format = json, path = in.json }
              transforms = [{ transform = key, fields = [n], format = {{format}} }]
              sink { connector = topic, name = numbered }
            }
            """;
        await RunAsync(Pipeline("first", "int64"));
        string file = folder.Combine("second.conf");
        File.WriteAllText(file, $"stream-engine.pipelines {{ {Pipeline("second", "string")} }}");

        Assert.Equal(1, await HoconRun.RunAsync(file, Data));
        Assert.Equal(1, TopicText.Count(Data, "numbered"));
    }

    [Fact]
    public async Task Keys_and_values_are_of_the_formats_that_are_said_and_stay_what_they_are_otherwise()
    {
        File.WriteAllText(folder.Combine("in.json"), "{\"n\": 1, \"t\": \"a\"}\n{\"n\": 2, \"t\": \"b\"}\n");
        await RunAsync("""
            fill {
              source { connector = files, format = json, path = in.json }
              transforms = [{ transform = key, fields = [n], format = int64 }]
              sink { connector = topic, name = numbered }
            }
            """);
        await RunAsync("""
            copied { source { connector = topic, name = numbered, key.format = int64 }, sink { connector = topic, name = copied } }
            texts { source { connector = topic, name = numbered, key.format = int64, value.format = string }, sink { connector = topic, name = texts, key.format = string } }
            keyless { source { connector = topic, name = numbered, key.format = none }, sink { connector = topic, name = keyless } }
            filtered {
              source { connector = topic, name = numbered, key.format = int64 }
              transforms = [{ transform = filter, where = "key() > 1" }]
              sink { connector = topic, name = filtered, key.format = json }
            }
            """);
        Assert.Equal(
            """
            topic copied, 1 partitions
              0000000000000001	{"n":1,"t":"a"}
              0000000000000002	{"n":2,"t":"b"}
            topic filtered, 1 partitions
              2	{"n":2,"t":"b"}
            topic keyless, 1 partitions
              {"n":1,"t":"a"}
              {"n":2,"t":"b"}
            topic numbered, 1 partitions
              0000000000000001	{"n":1,"t":"a"}
              0000000000000002	{"n":2,"t":"b"}
            topic texts, 1 partitions
              1	{"n":1,"t":"a"}
              2	{"n":2,"t":"b"}

            """.ReplaceLineEndings("\n"),
            ExampleOutput.Of(Data));
        using LogView view = LogView.Open(Data);
        Assert.Equal(
            [("copied", "int64", "json"), ("texts", "string", "string"), ("keyless", "none", "json"), ("filtered", "json", "json")],
            new[] { "copied", "texts", "keyless", "filtered" }.Select(name => (name, view.Find(name)!.Spec.KeyFormat, view.Find(name)!.Spec.ValueFormat)));
    }

    [Fact]
    public async Task A_topic_is_made_as_the_options_describe_it_and_read_from_where_they_say()
    {
        File.WriteAllText(folder.Combine("in.json"), "{\"at\": \"2024-05-01T10:00:00Z\"}\n{\"at\": \"2024-05-02T10:00:00Z\"}\n");
        await RunAsync("""
            fill {
              source { connector = files, format = json, path = in.json }
              transforms = [{ transform = timestamp, field = at }]
              sink { connector = topic, name = made, partitions = 1, compacted = true, retention { time = 7d, bytes = 1GiB } }
            }
            """);
        using (LogView view = LogView.Open(Data))
        {
            TopicSpec spec = view.Find("made")!.Spec;
            Assert.Equal((1, true, TimeSpan.FromDays(7), 1L << 30), (spec.Partitions, spec.Compacted, spec.RetentionTime, spec.RetentionBytes));
        }

        await RunAsync("""
            early { source { connector = topic, name = made }, sink { connector = topic, name = early } }
            late { source { connector = topic, name = made, start = latest }, sink { connector = topic, name = late } }
            timed { source { connector = topic, name = made, start = "2024-05-02" }, sink { connector = topic, name = timed } }
            """);
        Assert.Equal((2, 0, 1), (TopicText.Count(Data, "early"), TopicText.Count(Data, "late"), TopicText.Count(Data, "timed")));
    }

    private async Task RunAsync(string pipelines)
    {
        string file = folder.Combine("pipelines.conf");
        File.WriteAllText(file, $"stream-engine.pipelines {{\n{pipelines}\n}}\n");
        Assert.Equal(0, await HoconRun.RunAsync(file, Data));
    }
}
