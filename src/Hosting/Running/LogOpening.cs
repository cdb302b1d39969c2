using Serilog;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Kafka;
using StreamEngine.Log;
using StreamEngine.Settings;
using StreamEngine.State;

namespace StreamEngine.Hosting.Running;

/// <summary>Opens the log that the settings say: the embedded one of a data directory, or the one on a Kafka cluster. May block.</summary>
internal static class LogOpening
{
    /// <summary>Opens it to run pipelines.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="data">The data directory, which this process has to itself.</param>
    /// <param name="logger">Where its lines go.</param>
    /// <exception cref="EngineException">It is damaged, or can't be reached.</exception>
    public static ILog ToRun(LogSettings settings, DataDirectory data, ILogger logger)
    {
        // Whichever log there is, sources may read clusters.
        KafkaLogOptions.ShareFetchMemory(settings.Kafka.FetchMemoryBytes);
        if (settings.IsKafka) return WithStates(settings.Kafka, data, logger);
        return EmbeddedLog.Open(data.LogPath, new EmbeddedLogOptions
        {
            Logger = logger,
            CacheBytes = settings.CacheBytes,
            WriteBuffersBytes = settings.WriteBuffersBytes,
            CleanInterval = settings.CleanInterval,
            TombstoneRetention = settings.TombstoneRetention,
        });
    }

    /// <summary>Opens it to look, whether an engine uses it or not.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="folder">The data directory; one that isn't there is no error where the log is elsewhere.</param>
    /// <exception cref="EngineException">There is none, it is damaged, or can't be reached.</exception>
    public static ILogView ToLook(LogSettings settings, string folder) =>
        settings.IsKafka ? new SharedLogView(OnKafka(settings.Kafka, Serilog.Core.Logger.None, states: null), TimeProvider.System) : LogView.Open(folder);

    /// <summary>Opens it to change topics; the embedded one for this process alone.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="folder">The data directory.</param>
    /// <param name="makes">Whether a data directory is made where there is none.</param>
    /// <exception cref="EngineException">There is none, an engine has it, it is damaged, or can't be reached.</exception>
    public static OpenLog ToChangeTopics(LogSettings settings, string folder, bool makes = false) => settings.IsKafka
        ? new OpenLog(OnKafka(settings.Kafka, Serilog.Core.Logger.None, states: null), null)
        : Embedded(makes ? DataDirectory.Open(folder) : SharedOptions.OpenExisting(folder));

    /// <summary>Opens it to change what it holds of pipelines that don't run. A data directory is for this process alone then, where there is one.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="folder">The data directory.</param>
    /// <exception cref="EngineException">There is none, an engine has it, it is damaged, or can't be reached.</exception>
    public static OpenLog ToChangePipelines(LogSettings settings, string folder)
    {
        if (!settings.IsKafka) return Embedded(SharedOptions.OpenExisting(folder));
        DataDirectory? directory = Directory.Exists(DataDirectory.EnginePathOf(folder)) ? DataDirectory.Open(folder) : null;
        try
        {
            return new OpenLog(OnKafka(settings.Kafka, Serilog.Core.Logger.None, states: null), directory);
        }
        catch
        {
            directory?.Dispose();
            throw;
        }
    }

    /// <summary>The log on Kafka with the copies of states that this machine keeps; the log closes them.</summary>
    private static ILog WithStates(KafkaLogSettings settings, DataDirectory data, ILogger logger)
    {
        LocalStateStore states = LocalStateStore.Open(data.StatePath, new LocalStateOptions { Logger = logger });
        try
        {
            return OnKafka(settings, logger, states);
        }
        catch
        {
            states.Dispose();
            throw;
        }
    }

    private static OpenLog Embedded(DataDirectory directory)
    {
        try
        {
            return new OpenLog(EmbeddedLog.Open(directory.LogPath), directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static ILog OnKafka(KafkaLogSettings settings, ILogger logger, ILocalStateStore? states) => KafkaLog.Open(new KafkaLogOptions
    {
        Client = settings.Client,
        LocalState = states,
        TransactionTimeout = settings.TransactionTimeout,
        HeartbeatInterval = settings.HeartbeatInterval,
        HeartbeatTimeout = settings.HeartbeatTimeout,
        ReplicationFactor = settings.ReplicationFactor,
        CreateTopics = settings.CreateTopics,
        Logger = logger,
        Clock = TimeProvider.System,
        AtPoint = CrashPoints.Pass,
    });
}

/// <summary>A log that is open to be changed, and the data directory that is kept for it.</summary>
/// <param name="log">The log.</param>
/// <param name="directory">The data directory; null where the log needs none.</param>
internal sealed class OpenLog(ILog log, DataDirectory? directory) : IDisposable
{
    /// <summary>The log.</summary>
    public ILog Log => log;

    /// <summary>The data directory; null where the log needs none.</summary>
    public DataDirectory? Directory => directory;

    /// <inheritdoc/>
    public void Dispose()
    {
        log.Dispose();
        directory?.Dispose();
    }
}
