using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Records;
using StreamEngine.Settings.Hocon;
using StreamEngine.Settings.Options;

namespace StreamEngine.Settings;

/// <summary>Kafka clusters that sources and sinks name: <c>stream-engine.clusters.NAME { client { ... }, transaction.timeout = 60s }</c>.</summary>
internal static class ClusterSettings
{
    /// <summary>The block of all clusters.</summary>
    public const string Path = $"{EngineSettings.Root}.clusters";

    private const string Client = "client";
    private const string Transaction = "transaction";
    private const string Timeout = "timeout";
    private const string TransactionTimeout = $"{Transaction}.{Timeout}";

    private static readonly OptionDefinition TimeoutDefinition = new(TransactionTimeout, OptionType.Duration, "") { Min = 1000, Max = TimeSpan.FromDays(1).TotalMilliseconds };

    /// <summary>Reads and checks all clusters.</summary>
    /// <param name="clusters">Their block; null when there is none.</param>
    /// <param name="transactionTimeout">How long transactions may be open on clusters that say nothing of it.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static IReadOnlyDictionary<string, NamedCluster> Read(HoconField? clusters, TimeSpan transactionTimeout, ProblemList problems)
    {
        var read = new Dictionary<string, NamedCluster>(StringComparer.Ordinal);
        if (clusters is null) return read;
        if (clusters.Value is not HoconObject all)
        {
            problems.Add(ProblemCodes.WrongForm, clusters.Value.Place, $"{Path} holds a block for each cluster, and no value", $"Write {Path}.NAME.{Client} {{ {KafkaLogSettings.Servers} = \"HOST:PORT\" }}.");
            return read;
        }

        foreach (HoconField cluster in all)
        {
            if (Of(cluster, problems) is { } client) read[cluster.Name] = new NamedCluster(client, TimeoutOf(cluster, problems) ?? transactionTimeout);
        }

        return read;
    }

    /// <summary>Where it is said how long transactions may be open on a cluster; null when it isn't said.</summary>
    /// <param name="resolved">All settings.</param>
    /// <param name="setting">The setting, below <c>stream-engine</c>.</param>
    public static SourcePlace? PlaceOfTimeout(HoconObject resolved, string setting) => resolved.Find([EngineSettings.Root, .. setting.Split('.')])?.Value.Place;

    private static TimeSpan? TimeoutOf(HoconField cluster, ProblemList problems) =>
        (cluster.Value as HoconObject)?.Find(Transaction)?.Value is HoconObject block && block.Find(Timeout) is { } field
            ? (TimeSpan?)new OptionReading(problems).Scalar(TimeoutDefinition, field, new OptionName($"{Path}.{cluster.Name}", TransactionTimeout))
            : null;

    private static bool IsTransaction(HoconField field) => field.Name == Transaction && field.Value is HoconObject block && block.All(inner => inner.Name == Timeout);

    /// <summary>The client of a cluster; null when that can't be known.</summary>
    private static IReadOnlyDictionary<string, string>? Of(HoconField cluster, ProblemList problems)
    {
        string path = $"{Path}.{cluster.Name}", example = $"Write {path}.{Client} {{ {KafkaLogSettings.Servers} = \"HOST:PORT\" }}.";
        if (!NameRule.IsValid(cluster.Name))
        {
            problems.Add(
                ProblemCodes.NoSuchPart, cluster.KeyPlace, $"'{cluster.Name}' can't name a cluster", $"Use letters, digits, - and _, a letter or digit first, at most {NameRule.LengthMax} of them.");
            return null;
        }

        if (cluster.Value is not HoconObject block)
        {
            problems.Add(ProblemCodes.WrongForm, cluster.Value.Place, $"{path} has settings of its own and no value", example);
            return null;
        }

        foreach (HoconField field in block.Where(field => field.Name != Client && !IsTransaction(field)))
        {
            if (field.Name == Transaction)
            {
                problems.Add(ProblemCodes.Unknown, field.KeyPlace, $"there is no setting {path}.{PathOf(field)}; did you mean {path}.{TransactionTimeout}?", $"Write {path}.{TransactionTimeout} = 60s.");
                continue;
            }

            string key = PathOf(field);
            problems.Add(ProblemCodes.Unknown, field.KeyPlace, $"there is no setting {path}.{key}; did you mean {path}.{Client}.{key}?", example);
        }

        if (block.Find(Client) is not { } client || client.Value is not HoconObject keys)
        {
            if (block.Count == 0 || block.Find(Client) is not null) problems.Add(ProblemCodes.WrongForm, cluster.KeyPlace, $"{path} must have a block {Client} of the Kafka client's own keys", example);
            return null;
        }

        int before = problems.Errors;
        IReadOnlyDictionary<string, string> read = PassThroughs.Kafka.Read(keys, $"{path}.{Client}", problems);
        if (problems.Errors == before && read.GetValueOrDefault(KafkaLogSettings.Servers) is null or "")
        {
            problems.Add(ProblemCodes.Missing, client.KeyPlace, $"{path}.{Client}.{KafkaLogSettings.Servers} must say where the cluster is", $"Give some of its brokers, HOST:PORT with commas between them.");
        }

        return read;
    }

    /// <summary>A key with those below it, as a path of them makes it: <c>bootstrap.servers</c> is a block with one key in it.</summary>
    private static string PathOf(HoconField field) => field.Value is HoconObject { Count: 1 } block ? $"{field.Name}.{PathOf(block.First())}" : field.Name;
}
