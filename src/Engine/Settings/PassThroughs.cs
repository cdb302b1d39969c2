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
}
