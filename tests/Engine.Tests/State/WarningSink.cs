using System.Collections.Concurrent;
using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace StreamEngine.Tests.State;

/// <summary>Keeps what is warned of.</summary>
internal sealed class WarningSink : ILogEventSink
{
    private readonly ConcurrentQueue<string> texts = [];

    public WarningSink() => Logger = new LoggerConfiguration().MinimumLevel.Warning().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public IReadOnlyCollection<string> Texts => texts;

    public void Clear() => texts.Clear();

    public void Emit(LogEvent logEvent) => texts.Enqueue(logEvent.RenderMessage(CultureInfo.InvariantCulture));
}
