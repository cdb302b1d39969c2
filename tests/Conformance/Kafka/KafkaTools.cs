using System.Globalization;
using System.Text.Json;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// The tools that come with Kafka, as processes: what they say doesn't depend on the client library that is tested. Each call takes a second
/// or two. Skips the test with the reason where KAFKA_HOME doesn't have them.
/// </summary>
/// <param name="bootstrap">The cluster.</param>
/// <param name="commandConfig">A file of Java client settings, for a listener that asks for credentials.</param>
public sealed class KafkaTools(string bootstrap, string? commandConfig = null)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    /// <summary>Runs <c>kafka-topics</c>.</summary>
    /// <returns>What it wrote, as of all that run a tool. One that ends with an error, or not in time, throws with what it wrote.</returns>
    public string Topics(params string[] arguments) => Run("kafka-topics.sh", arguments);

    /// <summary>Runs <c>kafka-configs</c>.</summary>
    public string Configs(params string[] arguments) => Run("kafka-configs.sh", arguments);

    /// <summary>Runs <c>kafka-consumer-groups</c>.</summary>
    public string ConsumerGroups(params string[] arguments) => Run("kafka-consumer-groups.sh", arguments);

    /// <summary>Runs <c>kafka-transactions</c>.</summary>
    public string Transactions(params string[] arguments) => Run("kafka-transactions.sh", arguments);

    /// <summary>
    /// What an operator does about transactions that brokers forgot: with all replicas of a partition away while one was being committed, Kafka (4.3.1) may find the partition without
    /// a leader when it is back, take it for deleted, and never end the transaction there. No client can; committed readers stay before it.
    /// </summary>
    /// <param name="nodes">The numbers of the brokers that run.</param>
    /// <param name="last">The topic whose are ended last, as that is what somebody waits for who mustn't go on before.</param>
    /// <returns>The partitions in which one was ended.</returns>
    public IReadOnlyList<string> EndForgottenTransactions(IEnumerable<int> nodes, string last)
    {
        var ended = new List<string>();
        foreach ((string topic, string partition, string offset) in nodes.SelectMany(ForgottenTransactions).Distinct().OrderBy(found => found.Topic == last))
        {
            try
            {
                Transactions("abort", "--topic", topic, "--partition", partition, "--start-offset", offset);
                ended.Add($"{topic}-{partition}");
            }
            catch (InvalidOperationException e) when (e.Message.Contains("Could not find any open transactions", StringComparison.Ordinal))
            {
                // It ended between the tool's two questions, so that it looked like one.
            }
        }

        return ended;
    }

    /// <summary>Transactions that are open in partitions led by a broker, and that their coordinators know nothing of.</summary>
    public IReadOnlyList<(string Topic, string Partition, string StartOffset)> ForgottenTransactions(int node)
    {
        const int topic = 0, partition = 1, startOffset = 5, columns = 8;
        string[][] lines =
        [
            .. Transactions("find-hanging", "--broker-id", node.ToString(CultureInfo.InvariantCulture), "--max-transaction-timeout", "0").Split('\n')
                .Select(line => line.Split('\t', StringSplitOptions.TrimEntries)).Where(line => line.Length >= columns && line[topic] != "Topic"),
        ];
        return [.. lines.Select(line => (line[topic], line[partition], line[startOffset]))];
    }

    /// <summary>Runs <c>kafka-acls</c>.</summary>
    public string Acls(params string[] arguments) => Run("kafka-acls.sh", arguments);

    /// <summary>Runs <c>kafka-log-dirs</c>.</summary>
    public string LogDirs(params string[] arguments) => Run("kafka-log-dirs.sh", arguments);

    /// <summary>How many bytes the batches of a topic take on the brokers, as they were compressed.</summary>
    public long StoredBytes(string topic)
    {
        string json = LogDirs("--describe", "--topic-list", topic).Split('\n').Last(line => line.StartsWith('{'));
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("brokers").EnumerateArray()
            .SelectMany(broker => broker.GetProperty("logDirs").EnumerateArray())
            .SelectMany(folder => folder.GetProperty("partitions").EnumerateArray())
            .Sum(partition => partition.GetProperty("size").GetInt64());
    }

    /// <summary>Gives the console producer a text, with options that say what it makes of it.</summary>
    public void ProduceText(string topic, string text, params string[] options) =>
        RunWith("kafka-console-producer.sh", text, ["--topic", topic, .. options], configOption: "--producer.config");

    /// <summary>What the console consumer prints of a topic from its beginning, with options that say how, once it has read so many records.</summary>
    public IReadOnlyList<string> ConsumeText(string topic, int count, params string[] options) =>
    [
        .. RunWith(
            "kafka-console-consumer.sh",
            "",
            ["--topic", topic, "--from-beginning", "--timeout-ms", "20000", "--max-messages", count.ToString(CultureInfo.InvariantCulture), .. options],
            configOption: "--consumer.config").Split('\n', StringSplitOptions.RemoveEmptyEntries),
    ];

    /// <summary>Writes lines to a topic by the console producer, each <c>key TAB value</c>, or a value alone where there is no tab.</summary>
    public void Produce(string topic, params string[] lines)
    {
        bool keyed = lines.Any(line => line.Contains('\t', StringComparison.Ordinal));
        string[] keys = keyed ? ["--property", "parse.key=true", "--property", "key.separator=\t"] : [];
        ProduceText(topic, string.Join('\n', lines) + "\n", keys);
    }

    /// <summary>
    /// What the console consumer prints of a topic from its beginning as a committed reader, each record as <c>key TAB value</c>, once it has
    /// <paramref name="count"/> of them.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="count">How many records to wait for.</param>
    /// <param name="patience">For how long none may come; a minute if not given, as the machine may be busy.</param>
    /// <exception cref="InvalidOperationException">There were fewer for as long.</exception>
    public IReadOnlyList<string> ConsumeCommitted(string topic, int count, TimeSpan? patience = null)
    {
        TimeSpan most = patience ?? TimeSpan.FromMinutes(1);
        string output = RunWith(
            "kafka-console-consumer.sh",
            "",
            [
                "--topic", topic, "--from-beginning", "--isolation-level", "read_committed", "--property", "print.key=true",
                "--timeout-ms", most.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture), "--max-messages", count.ToString(CultureInfo.InvariantCulture),
            ],
            configOption: "--consumer.config");

        // A record's line has the tab between key and value; hints that options are about to be renamed have none.
        string[] lines = [.. output.Split('\n').Where(line => line.Contains('\t', StringComparison.Ordinal))];
        return lines.Length == count ? lines : throw new InvalidOperationException($"{topic} has {lines.Length} committed records, not {count}:\n{KafkaProgram.Shown(output)}");
    }

    /// <summary>Runs <c>kcat</c>, which uses librdkafka as the engine does; skips the test where it isn't installed.</summary>
    public string Kcat(string input, params string[] arguments)
    {
        string? kcat = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "kcat")).FirstOrDefault(File.Exists);
        Skip.If(kcat is null, "there is no kcat on PATH");
        return KafkaProgram.Run(kcat!, ["-b", bootstrap, .. arguments], Deadline, input);
    }

    private string Run(string tool, string[] arguments) => RunWith(tool, "", arguments, "--command-config");

    private string RunWith(string tool, string input, string[] arguments, string configOption)
    {
        Skip.If(KafkaHome.Missing.Length > 0, $"there are no tools of Kafka for this test: {KafkaHome.Missing}");
        string[] config = commandConfig is null ? [] : [configOption, commandConfig];
        return KafkaProgram.Run(KafkaHome.Program(tool), ["--bootstrap-server", bootstrap, .. config, .. arguments], Deadline, input);
    }
}
