using Confluent.Kafka;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Stages.Tests.Kafka.Native;

/// <summary>What is read of a client's lines about a transaction that failed.</summary>
public sealed class TransactionTroublesTests
{
    private readonly TransactionTroubles troubles = new();

    [Fact]
    public void The_topic_that_may_not_be_written_is_the_one_that_was_refused_and_none_that_was_not_tried()
    {
        troubles.Logged("ADDPARTS", "[thrd:main]: TxnCoordinator/1: Failed to add partition \"orders\" [1] to transaction: Broker: Topic authorization failed");
        troubles.Logged("ADDPARTS", "[thrd:main]: TxnCoordinator/1: Failed to add partition \"streamengine.p.positions\" [1] to transaction: Broker: Operation not attempted");
        Assert.Null(troubles.Last);
        troubles.Logged(
            "TXNERR",
            "[thrd:main]: Current transaction failed in state BeginCommit: Failed to add partition(s) to transaction on broker TxnCoordinator/1: Broker: Topic authorization failed " +
            "(after 3 ms) (TOPIC_AUTHORIZATION_FAILED)");

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, troubles.Last!.Code);
        Assert.Equal(
            "Write on topic orders isn't granted: Failed to add partition(s) to transaction on broker TxnCoordinator/1: Broker: Topic authorization failed", troubles.Last.Message);
    }

    [Fact]
    public void The_same_failure_reads_the_same_whatever_the_producer_and_however_many_records()
    {
        troubles.Logged("TXNERR", Refused(records: 1, producer: 13));
        string first = troubles.Last!.Message;
        troubles.Logged("TXNERR", Refused(records: 40, producer: 14));

        Assert.Equal(ErrorCode.MsgSizeTooLarge, troubles.Last.Code);
        Assert.Equal("ProduceRequest for orders [0] failed: Broker: Message size too large", first);
        Assert.Equal(first, troubles.Last.Message);
    }

    [Fact]
    public void Codes_of_the_library_itself_and_those_to_come_are_told_apart()
    {
        troubles.Logged("TXNERR", "[thrd:main]: Current transaction failed in state InTransaction: no answer (_TIMED_OUT, requires epoch bump)");
        Assert.Equal(ErrorCode.Local_TimedOut, troubles.Last!.Code);
        troubles.Logged("TXNERR", "[thrd:main]: Current transaction failed in state InTransaction: who knows (SOMETHING_NEW)");
        Assert.Equal(ErrorCode.Local_State, troubles.Last.Code);
    }

    [Fact]
    public void Other_lines_say_nothing_of_the_transaction()
    {
        troubles.Logged("FAIL", Refused(records: 1, producer: 13));
        troubles.Logged("TXNERR", "Fatal transaction error: fenced (_FENCED)");
        Assert.Null(troubles.Last);
    }

    private static string Refused(int records, int producer) =>
        $"[thrd:127.0.0.1:9092/1]: Current transaction failed in state BeginCommit: ProduceRequest for orders [0] with {records} message(s) failed: Broker: Message size too large " +
        $"(broker 1 PID{{Id:{producer},Epoch:1}}, base seq {records}): current transaction must be aborted (MSG_SIZE_TOO_LARGE)";
}
