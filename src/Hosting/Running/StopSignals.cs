using System.Runtime.InteropServices;

namespace StreamEngine.Hosting.Running;

/// <summary>Hears that the process is asked to stop: Ctrl+C, or SIGTERM. The first time is a wish, the second an order.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action again;
    private readonly PosixSignalRegistration[] registrations;

    /// <param name="again">Ends the process; called when it was asked once more, by any thread.</param>
    public StopSignals(Action again)
    {
        this.again = again;
        registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];
    }

    /// <summary>Completes when it was asked to stop.</summary>
    public Task Asked => asked.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!asked.TrySetResult()) again();
    }
}
