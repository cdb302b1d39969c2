using Akka.Configuration;
using Serilog;
using StreamEngine.Checkpoints;
using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Pipelines;

/// <summary>How the actor system is set up: the journal, our own serialiser for it, the dispatcher of tasks, the logger.</summary>
internal static class ActorSystemSetup
{
    /// <param name="journal">Where the journal lives.</param>
    /// <param name="journalPath">Its file; null keeps it in memory.</param>
    /// <param name="logger">Where Akka's own lines go.</param>
    /// <param name="own">What the user has Akka set to, already checked: it wins.</param>
    public static Config Of(JournalSettings journal, string? journalPath, ILogger logger, string own = "")
    {
        AkkaLogger.Target = logger;
        Config plugin = journalPath is null && !journal.IsPostgres ? InMemory() : Sql(journal, journalPath!);
        Config engine = ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              loggers = ["{{typeof(AkkaLogger).FullName}}, {{typeof(AkkaLogger).Assembly.GetName().Name}}"]
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              coordinated-shutdown.exit-clr = off
              actor {
                serializers.stream-engine-journal = "{{typeof(JournalSerializer).FullName}}, {{typeof(JournalSerializer).Assembly.GetName().Name}}"
                serialization-bindings { "{{typeof(JournalEvent).FullName}}, {{typeof(JournalEvent).Assembly.GetName().Name}}" = stream-engine-journal }
                serialization-identifiers { "{{typeof(JournalSerializer).FullName}}, {{typeof(JournalSerializer).Assembly.GetName().Name}}" = {{JournalSerializer.Id}} }
                serialization-settings.json.encode-type-names = off
              }
            }
            {{Tasks.TaskActor.GraphDispatcher}} {
              type = PinnedDispatcher
              throughput = 100
            }
            """).WithFallback(plugin);
        return own.Length == 0 ? engine : ConfigurationFactory.ParseString(own).WithFallback(engine);
    }

    private static Config InMemory() => ConfigurationFactory.ParseString("""
        akka.persistence {
          journal.plugin = "akka.persistence.journal.inmem"
          snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        }
        """).WithFallback(Akka.Persistence.Persistence.DefaultConfig());

    private static Config Sql(JournalSettings journal, string journalPath)
    {
        string provider = journal.IsPostgres ? "PostgreSQL.15" : "SQLite.MS";
        string connection = journal.IsPostgres ? journal.Connection.Reveal() : new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder { DataSource = journalPath }.ToString();
        string quoted = connection.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return ConfigurationFactory.ParseString($$"""
            akka.persistence {
              journal {
                plugin = "akka.persistence.journal.sql"
                sql {
                  class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
                  connection-string = "{{quoted}}"
                  provider-name = "{{provider}}"
                }
              }
              snapshot-store {
                plugin = "akka.persistence.snapshot-store.sql"
                sql {
                  class = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql"
                  connection-string = "{{quoted}}"
                  provider-name = "{{provider}}"
                }
              }
            }
            """).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration);
    }
}
