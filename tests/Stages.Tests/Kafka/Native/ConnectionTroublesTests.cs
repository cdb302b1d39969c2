using Confluent.Kafka;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>What is kept of errors of connections.</summary>
public sealed class ConnectionTroublesTests
{
    [Theory]
    [InlineData("Connect to ipv4#127.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT)")]
    [InlineData("Connect to ipv4#127.0.0.1:1 failed: Connection refused (after 12ms in state TRY_CONNECT, 1 identical error(s) suppressed)")]
    [InlineData("Connect to ipv4#127.0.0.1:1 failed: Connection refused")]
    public void How_long_something_took_and_how_often_it_was_said_are_no_part_of_the_cause(string text)
    {
        var troubles = new ConnectionTroubles();

        troubles.Told(ErrorCode.Local_Transport, text);

        Assert.Equal("Connect to ipv4#127.0.0.1:1 failed: Connection refused", troubles.Last?.Message);
    }
}
