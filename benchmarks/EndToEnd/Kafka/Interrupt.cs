using System.Runtime.InteropServices;

namespace StreamEngine.Benchmarks.Kafka;

/// <summary>Ctrl+C and SIGTERM as a token, so that what was started is ended and what was measured is written.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Interrupt() => registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM]).Select(signal => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        source.Cancel();
    }))];

    public CancellationToken Token => source.Token;

    /// <summary>As if somebody had asked from outside.</summary>
    public void Cancel() => source.Cancel();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
        source.Dispose();
    }
}
