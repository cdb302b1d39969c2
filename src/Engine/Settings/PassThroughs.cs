namespace StreamEngine.Settings;

/// <summary>The blocks that are passed on, and which of their keys.</summary>
internal static class PassThroughs
{
    /// <summary>Akka.NET's own settings, merged below what the engine sets itself.</summary>
    public static PassThrough Akka { get; } = new(
        "Akka.NET",
        [
            "loglevel", "log-dead-letters", "log-dead-letters-during-shutdown", "log-dead-letters-suspend-duration", "actor.ask-timeout", "actor.creation-timeout",
            "actor.unstarted-push-timeout", "actor.default-dispatcher.*", "actor.internal-dispatcher.*", "actor.debug.*", "scheduler.tick-duration", "scheduler.ticks-per-wheel",
            "scheduler.shutdown-timeout", "stream.materializer.*", "coordinated-shutdown.default-phase-timeout", "persistence.max-concurrent-recoveries",
            "persistence.journal.sql.*", "persistence.snapshot-store.sql.*",
        ],
        new Dictionary<string, (string, string)>
        {
            ["persistence.journal.sql.connection-string"] = ("the journal's database is the engine's to choose", "Set stream-engine.journal.connection."),
            ["persistence.journal.sql.class"] = ("it names code to load", "Leave it out."),
            ["persistence.snapshot-store.sql.connection-string"] = ("the journal's database is the engine's to choose", "Set stream-engine.journal.connection."),
            ["persistence.snapshot-store.sql.class"] = ("it names code to load", "Leave it out."),
            ["log-config-on-start"] = ("it would print every secret", "Use config show, which masks them."),
            ["loggers"] = ("it names code to load, and the engine has its own logger", "Set stream-engine.logging.level."),
            ["extensions"] = ("it names code to load", "Leave it out."),
            ["actor.provider"] = ("the engine chooses how actors are reached", "Leave it out."),
            ["actor.serializers.*"] = ("what is persisted uses the engine's own serialisers only", "Leave it out."),
            ["actor.serialization-bindings.*"] = ("what is persisted uses the engine's own serialisers only", "Leave it out."),
            ["actor.serialization-settings.*"] = ("what is persisted uses the engine's own serialisers only", "Leave it out."),
            ["actor.deployment.*"] = ("the engine deploys its actors itself", "Leave it out."),
            ["remote.*"] = ("the engine opens no port for Akka.Remote", "Leave it out."),
            ["cluster.*"] = ("the engine forms no Akka cluster", "Leave it out."),
        });

    /// <summary>
    /// librdkafka's settings, for clients of Kafka clusters: who they are, how they reach brokers and prove themselves, how they batch and wait. What decides
    /// which records are read, written and committed is the engine's.
    /// </summary>
    public static PassThrough Kafka { get; } = new(
        "the Kafka client",
        [
            "bootstrap.servers", "client.id", "client.rack", "broker.address.family", "broker.address.ttl", "client.dns.lookup", "security.protocol", "message.max.bytes",
            "receive.message.max.bytes", "max.in.flight", "max.in.flight.requests.per.connection", "topic.metadata.refresh.interval.ms", "metadata.max.age.ms", "socket.timeout.ms",
            "socket.send.buffer.bytes", "socket.receive.buffer.bytes", "socket.keepalive.enable", "socket.nagle.disable", "socket.max.fails", "socket.connection.setup.timeout.ms",
            "connections.max.idle.ms", "reconnect.backoff.ms", "reconnect.backoff.max.ms", "retry.backoff.ms", "retry.backoff.max.ms", "request.timeout.ms", "statistics.interval.ms",
            "api.version.request.timeout.ms", "compression.codec", "compression.type", "compression.level", "linger.ms", "queue.buffering.max.ms",
            "queue.buffering.max.messages", "queue.buffering.max.kbytes", "batch.size", "batch.num.messages", "fetch.wait.max.ms", "fetch.min.bytes",
            "fetch.max.bytes", "fetch.message.max.bytes", "max.partition.fetch.bytes", "fetch.error.backoff.ms", "queued.min.messages", "queued.max.messages.kbytes", "check.crcs",
            "ssl.ca.pem", "ssl.certificate.pem", "ssl.key.pem", "ssl.key.password", "ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location",
            "ssl.keystore.password", "ssl.crl.location", "ssl.cipher.suites", "ssl.curves.list", "ssl.sigalgs.list", "sasl.mechanism", "sasl.mechanisms",
            "sasl.username", "sasl.password", "sasl.oauthbearer.config", "sasl.oauthbearer.method", "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.scope",
            "sasl.oauthbearer.extensions", "sasl.oauthbearer.token.endpoint.url", "https.ca.location", "https.ca.pem",
        ],
        new Dictionary<string, (string, string)>
        {
            ["plugin.library.paths"] = ("it loads code", "Leave it out."),
            ["sasl.kerberos.kinit.cmd"] = ("it runs a command", "Use another mechanism, or a ticket cache that something else renews."),
            ["ssl.engine.location"] = ("it loads code", "Give certificates as files or PEM."),
            ["ssl.engine.id"] = ("it loads code", "Give certificates as files or PEM."),
            ["ssl.providers"] = ("it loads code", "Give certificates as files or PEM."),
            ["test.mock.*"] = ("it would lead every client to a cluster that isn't there", "Leave it out."),
            ["enable.ssl.certificate.verification"] = ("without it anybody can be the broker", "Give the authority that signed the brokers' certificates: ssl.ca.location or ssl.ca.pem."),
            ["ssl.endpoint.identification.algorithm"] = ("without it whoever has any certificate of that authority can be the broker", "Leave it out, and name the brokers as their certificates do."),
            ["enable.sasl.oauthbearer.unsecure.jwt"] = ("it takes tokens that nobody has signed", "Use sasl.oauthbearer.method = oidc."),
            ["sasl.oauthbearer.metadata.authentication.type"] = ("it asks the cloud's metadata service for whatever this machine may do", "Use a client of its own: sasl.oauthbearer.client.id and client.secret."),
            ["debug"] = ("it prints what clients send, secrets among it", "Set stream-engine.logging.level."),
            ["log_level"] = ("the engine has its own log", "Set stream-engine.logging.level."),
            ["group.id"] = ("positions are the engine's, not a consumer group's", "Leave it out; the group that tools see is named after the pipeline."),
            ["group.instance.id"] = ("partitions are assigned by the engine", "Leave it out."),
            ["enable.auto.commit"] = ("positions are committed with what was made of the records", "Leave it out."),
            ["enable.auto.offset.store"] = ("positions are committed with what was made of the records", "Leave it out."),
            ["auto.offset.reset"] = ("where reading begins is the source's", "Set start in the source: earliest, latest or a time."),
            ["isolation.level"] = ("what was not committed is never read", "Leave it out."),
            ["transactional.id"] = ("it is made of the pipeline's and the task's names", "Leave it out."),
            ["transaction.timeout.ms"] = ("the engine has to know it", "Set stream-engine.log.kafka.transaction.timeout."),
            ["message.timeout.ms"] = ("records that are late belong to a transaction that is over", "Set stream-engine.log.kafka.transaction.timeout."),
            ["delivery.timeout.ms"] = ("records that are late belong to a transaction that is over", "Set stream-engine.log.kafka.transaction.timeout."),
            ["allow.auto.create.topics"] = ("a topic that a misspelt name makes would be read for ever", "Set stream-engine.log.kafka.create-topics, or make the topic: topics create."),
            ["enable.idempotence"] = ("records are never written without", "Leave it out."),
            ["acks"] = ("records have to be on all replicas in step", "Leave it out."),
            ["request.required.acks"] = ("records have to be on all replicas in step", "Leave it out."),
            ["partitioner"] = ("keys go where Kafka's Java clients put them", "Choose partitions in the pipeline: PartitionBy."),
        })
    {
        Files = ["ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location", "ssl.crl.location", "https.ca.location"],
        Endpoints = ["sasl.oauthbearer.token.endpoint.url"],
    };
}
