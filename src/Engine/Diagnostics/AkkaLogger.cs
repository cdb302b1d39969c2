using Akka.Actor;
using Akka.Event;
using Serilog;
using Serilog.Events;
using LogEvent = Akka.Event.LogEvent;

namespace StreamEngine.Diagnostics;

/// <summary>Takes what Akka logs into the engine's own log.</summary>
internal sealed class AkkaLogger : ReceiveActor
{
    public AkkaLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    /// <summary>Where it goes; set before the actor system is made.</summary>
    public static ILogger Target { get; set; } = Serilog.Core.Logger.None;

    private static void Write(LogEvent logged)
    {
        LogEventLevel level = logged.LogLevel() switch
        {
            LogLevel.ErrorLevel => LogEventLevel.Error,
            LogLevel.WarningLevel => LogEventLevel.Warning,
            LogLevel.InfoLevel => LogEventLevel.Information,
            _ => LogEventLevel.Debug,
        };
        Target.ForContext("Actor", logged.LogSource).Write(level, logged.Cause, "{Message}", logged.Message);
    }
}
