using StreamEngine.Diagnostics;
using StreamEngine.Kafka;
using StreamEngine.Kafka.Connectors;

namespace StreamEngine.Stages.Tests.Kafka.Connectors;

public class KafkaAddressTests
{
    [Theory]
    [InlineData("plugin.library.paths", "loads code")]
    [InlineData("sasl.kerberos.kinit.cmd", "runs a command")]
    [InlineData("test.mock.num.brokers", "isn't there")]
    [InlineData("enable.ssl.certificate.verification", "anybody can be the broker")]
    [InlineData("group.id", "positions are the engine's")]
    [InlineData("bootstrap.server", "did you mean")]
    [InlineData("sasl.oauthbearer.token.endpoint.url", "https only")]
    [InlineData("ssl.ca.location", "there is no file")]
    public void A_client_setting_that_is_not_passed_on_is_refused_with_the_reason(string key, string reason)
    {
        var error = Assert.Throws<EngineException>(() => KafkaAddress.Of("east", client =>
        {
            client["bootstrap.servers"] = "localhost:9092";
            client[key] = "http://169.254.169.254/secret";
        }));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("east", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
        Assert.Equal(ErrorDomain.User, error.Domain);
    }

    [Fact]
    public void A_cluster_says_where_it_is_and_has_a_name_that_positions_can_keep()
    {
        Assert.Contains("bootstrap.servers", Assert.Throws<EngineException>(() => KafkaAddress.Of("east", _ => { })).Message, StringComparison.Ordinal);
        foreach (string name in (string[])["", "a.b", "-a", new('a', 200)])
        {
            Assert.Contains("cluster", Assert.Throws<EngineException>(() => Address(name)).Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret", $"{KafkaAddress.Of("east", client => (client["bootstrap.servers"], client["sasl.password"]) = ("localhost:9092", "secret"))}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders-.*", "orders-1", true)]
    [InlineData("orders-.*", "my-orders-1", false)]
    [InlineData("orders", "orders-1", false)]
    [InlineData("a|orders-.", "orders-1", true)]
    [InlineData(".*", "orders", true)]
    [InlineData(".*", "streamengine.sync.positions", false)]
    [InlineData("streamengine\\..*", "streamengine.sync.positions", true)]
    public void A_pattern_is_for_whole_names_and_not_for_the_engines_own(string pattern, string name, bool matches) =>
        Assert.Equal(matches, TopicPattern.Parse(pattern).Matches(name));

    [Theory]
    [InlineData("(")]
    [InlineData("(a)\\1")]
    [InlineData("(?=a)a")]
    public void A_pattern_that_cant_be_read_or_could_take_for_ever_is_refused(string pattern) =>
        Assert.Contains(pattern, Assert.Throws<EngineException>(() => TopicPattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pattern_is_not_written_to_and_has_no_offsets()
    {
        KafkaTopic<string, string> many = KafkaTopic.Matching<string, string>(Address("east"), "orders-.*");
        Assert.Throws<InvalidOperationException>(() => many.AsSink());
        Assert.Throws<InvalidOperationException>(() => many.FromOffsets(new Dictionary<int, long> { [0] = 1 }));
        Assert.Equal("orders", many.AsSource().Slug);
    }

    [Fact]
    public void Sinks_to_clusters_of_one_name_share_a_commit_and_others_do_not()
    {
        Assert.Equal(Point("east"), Point("east"));
        Assert.NotEqual(Point("east"), Point("west"));

        static Contracts.CommitPoint Point(string cluster) => KafkaTopic.Of<string, string>(Address(cluster), "orders").AsSink().CommitPoint;
    }

    private static KafkaAddress Address(string name) => KafkaAddress.Of(name, client => client["bootstrap.servers"] = "localhost:9092");
}
