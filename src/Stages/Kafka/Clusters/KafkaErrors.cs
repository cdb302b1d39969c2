using Confluent.Kafka;
using StreamEngine.Diagnostics;
using StreamEngine.Kafka.Native;

namespace StreamEngine.Kafka.Clusters;

/// <summary>What errors of Kafka mean to whoever runs the engine: where, what, what next, and whether trying again can help.</summary>
internal static class KafkaErrors
{
    private const string CertificatesRemedy =
        "Correct the certificates in the client's settings: ssl.ca.location for the brokers' authority; ssl.certificate.location, ssl.key.location and ssl.key.password for the engine's own.";

    private const string MechanismRemedy = "Set sasl.mechanism to one that the brokers take, and this client has: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER.";

    private const string ProtocolRemedy =
        "Set security.protocol to what this port of the brokers speaks: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; or name another port in bootstrap.servers.";

    /// <summary>The error for a fault of the native client.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="where">What was being done, and where: <c>topic orders of cluster localhost:9092</c>.</param>
    /// <param name="told">What clients of the cluster were told of their connections lately; null when nothing was.</param>
    public static EngineException Explain(KafkaFault fault, string where, KafkaFault? told = null) => Explain(fault.Code, fault.Message, where, fault, told);

    /// <summary>The error for an exception of an administrative call.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="where">What was being done, and where.</param>
    /// <param name="told">What clients of the cluster were told of their connections lately; null when nothing was.</param>
    public static EngineException Explain(KafkaException error, string where, KafkaFault? told = null) => Explain(error.Error.Code, error.Error.Reason, where, error, told);

    /// <summary>The error for a code.</summary>
    /// <param name="code">Kafka's or librdkafka's code.</param>
    /// <param name="text">What was said.</param>
    /// <param name="where">What was being done, and where.</param>
    /// <param name="inner">The error it came from.</param>
    /// <param name="told">What clients of the cluster were told of their connections lately, which is named where the code says only that there was no answer.</param>
    public static EngineException Explain(ErrorCode code, string text, string where, Exception? inner = null, KafkaFault? told = null)
    {
        if (told is not null && IsNoAnswer(code))
        {
            // A cluster that has answered before, and may again: trying again can help, whatever a broker says meanwhile.
            return new EngineException(ErrorDomain.External, $"{where}: {text} ({code}); clients were told: {told.Message} ({told.Code})", Meaning(told.Code, told.Message).Remedy, inner);
        }

        (ErrorDomain domain, string remedy) = Meaning(code, text);
        return new EngineException(domain, $"{where}: {text} ({code})", remedy, inner);
    }

    /// <summary>The error for settings that the library refuses.</summary>
    /// <param name="what">Whose clients were to be made.</param>
    /// <param name="error">The library's.</param>
    public static EngineException CannotBeMade(string what, Exception error) => new(
        ErrorDomain.User,
        $"clients of {what} can't be made: {error.Message}",
        error.Message.Contains("ssl.", StringComparison.Ordinal) ? CertificatesRemedy : error.Message.Contains("mechanism", StringComparison.Ordinal) ? MechanismRemedy : "Correct the client's settings; their names and values are librdkafka's.",
        error);

    private static bool IsNoAnswer(ErrorCode code) => code is ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_MsgTimedOut or ErrorCode.Local_Transport
        or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_DestroyBroker or ErrorCode.Local_WaitCoord;

    private static (ErrorDomain Domain, string Remedy) Meaning(ErrorCode code, string text) => code switch
    {
        ErrorCode.Local_Authentication when text.Contains("token", StringComparison.OrdinalIgnoreCase) => (
            ErrorDomain.External,
            "Check that the token endpoint can be reached from here and knows the client: sasl.oauthbearer.token.endpoint.url, client.id, client.secret and scope; https.ca.location is its authority."),
        ErrorCode.Local_Transport when ConnectionTroubles.IsAlert(text) => (
            ErrorDomain.User,
            "The broker asks for a certificate that it trusts: set ssl.certificate.location and ssl.key.location to one that an authority of the brokers' has signed, and that is valid still."),
        ErrorCode.Local_Transport or ErrorCode.Local_Ssl when ConnectionTroubles.IsProtocol(text) => (ErrorDomain.External, $"Check that the brokers run. If they do: {ProtocolRemedy}"),
        ErrorCode.Local_Ssl when text.Contains("certificate verify failed", StringComparison.Ordinal) => (
            ErrorDomain.User,
            "Set ssl.ca.location to the authority that has signed the brokers' certificates, and name the brokers in bootstrap.servers as their certificates do."),
        ErrorCode.Local_UnsupportedFeature => (ErrorDomain.User, ProtocolRemedy),
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.UnknownTopicId => (
            ErrorDomain.User, "Make the topic (streamengine topics create NAME --partitions N), or correct its name; if it was deleted while it was in use, its records are lost."),
        ErrorCode.TopicAuthorizationFailed => (
            ErrorDomain.User, "Grant the engine's user Describe and DescribeConfigs on the topic, Read to read it, Write to write it, and Create and Delete where it has to make it; docs/kafka.md lists what it needs."),
        ErrorCode.GroupAuthorizationFailed => (
            ErrorDomain.User, "Grant the engine's user Read on consumer group streamengine.<pipeline>; docs/kafka.md lists what it needs."),
        ErrorCode.TransactionalIdAuthorizationFailed => (
            ErrorDomain.User, "Grant the engine's user Write and Describe on transactional ids that begin with streamengine.<pipeline>; docs/kafka.md lists what it needs."),
        ErrorCode.ClusterAuthorizationFailed => (
            ErrorDomain.User, "Grant the engine's user Describe and IdempotentWrite on the cluster, and Create where it has to make topics; docs/kafka.md lists what it needs."),
        ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication or ErrorCode.UnsupportedSaslMechanism => (
            ErrorDomain.User, "Correct user, password and mechanism in the client's settings: sasl.username, sasl.password, sasl.mechanism."),
        ErrorCode.Local_Ssl => (
            ErrorDomain.User, CertificatesRemedy),
        ErrorCode.InvalidTransactionTimeout => (
            ErrorDomain.User, "Lower stream-engine.log.kafka.transaction.timeout (of another cluster: stream-engine.clusters.NAME.transaction.timeout), or raise the brokers' transaction.max.timeout.ms."),
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge => (
            ErrorDomain.User, "Raise the topic's max.message.bytes, and message.max.bytes in stream-engine.log.kafka.client with it. Records go there in batches: batch.size has to be below it too."),
        ErrorCode.InvalidReplicationFactor => (
            ErrorDomain.User, "Set stream-engine.log.kafka.replication-factor to at most the number of brokers."),
        ErrorCode.PolicyViolation or ErrorCode.InvalidConfig or ErrorCode.InvalidPartitions or ErrorCode.TopicException or ErrorCode.Local_InvalidArg => (
            ErrorDomain.User, "The cluster refuses what was asked; its message says why."),
        _ => (ErrorDomain.External, "Check that the brokers run and can be reached from here; the engine goes on by itself once they can."),
    };
}
