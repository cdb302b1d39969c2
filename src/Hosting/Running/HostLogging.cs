using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;
using StreamEngine.Diagnostics;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Running;

/// <summary>
/// The host's log: structured lines in a rolling file of the data directory, and text on the console. On a terminal, where the live table tells the
/// rest, only warnings and worse.
/// </summary>
internal static class HostLogging
{
    // Stack traces are for the file: an error's message says what and where.
    private const string Text = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Where}{Message:lj}";

    public static Logger Create(LoggingSettings settings, string folder, Terminal terminal)
    {
        LogEventLevel level = Enum.Parse<LogEventLevel>(settings.Level, ignoreCase: true);
        LogEventLevel console = terminal.IsInteractive && level < LogEventLevel.Warning ? LogEventLevel.Warning : level;
        try
        {
            Directory.CreateDirectory(folder);
            return new LoggerConfiguration()
                .MinimumLevel.Is(level)
                .Enrich.With(new WhereEnricher())
                .WriteTo.File(
                    new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture),
                    Path.Combine(folder, "streamengine-.log"),
                    rollingInterval: RollingInterval.Day,
                    fileSizeLimitBytes: settings.FileBytes,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: settings.FilesKept)
                .WriteTo.Sink(new TerminalSink(terminal, new MessageTemplateTextFormatter(Text, CultureInfo.InvariantCulture)), console)
                .CreateLogger();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorDomain.External, $"log files can't be written in {folder}: {e.Message}", "Give this user the right to write there.", e);
        }
    }

    /// <summary>Where in the engine an event comes from, in a word: <c>pipeline/subgraph/task@epoch</c>.</summary>
    private sealed class WhereEnricher : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            if (ValueOf(logEvent, "Pipeline") is not { } pipeline) return;
            string where = pipeline;
            if (ValueOf(logEvent, "Subgraph") is { } subgraph) where += $"/{subgraph}";
            if (ValueOf(logEvent, "Task") is { } task) where += $"/{task}";
            if (ValueOf(logEvent, "Epoch") is { } epoch) where += $"@{epoch}";
            logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Where", new Bare($"[{where}] ")));
        }

        private static string? ValueOf(LogEvent logEvent, string name) =>
            logEvent.Properties.TryGetValue(name, out LogEventPropertyValue? value) && value is ScalarValue { Value: { } scalar } ? Convert.ToString(scalar, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Text that a template shows without quotation marks.</summary>
    private sealed record Bare(string Value)
    {
        public override string ToString() => Value;
    }

    /// <summary>Writes to the terminal, beside the live table.</summary>
    private sealed class TerminalSink(Terminal terminal, ITextFormatter formatter) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            using var text = new StringWriter(CultureInfo.InvariantCulture);
            formatter.Format(logEvent, text);
            string line = text.ToString().TrimEnd();
            if (logEvent.Exception is { } error && !line.Contains(error.Message, StringComparison.Ordinal)) line += $": {StageException.Describe(error)}";
            terminal.Note(line);
        }
    }
}
