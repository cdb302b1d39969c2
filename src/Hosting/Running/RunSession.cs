using Akka.Actor;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Hosting.CommandLine;
using StreamEngine.Hosting.Loading;
using StreamEngine.Log;
using StreamEngine.Pipelines;
using StreamEngine.Settings;

namespace StreamEngine.Hosting.Running;

/// <summary>A run of pipelines in this process: opens what they need, shows how they are doing, stops them in order, and sums up.</summary>
internal static class RunSession
{
    /// <summary>What is run.</summary>
    internal sealed record Options
    {
        public required IPipelineProgram Program { get; init; }

        public required string DataFolder { get; init; }

        public required EngineSettings Settings { get; init; }

        /// <summary>Whether sources go on watching for more.</summary>
        public required bool Follows { get; init; }

        /// <summary>Whether pipelines that another process runs are taken from it, rather than stood by for.</summary>
        public bool TakesOver { get; init; }
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="EngineException">Nothing was started.</exception>
    public static async Task<int> RunAsync(Options options)
    {
        var terminal = new Terminal();
        using var signals = new StopSignals(() => StopAtOnce(terminal));
        using DataDirectory data = DataDirectory.Open(options.DataFolder);
        await using Serilog.Core.Logger logger = HostLogging.Create(options.Settings.Logging, data.HostLogPath, terminal);

        // What takes the longest of a start goes side by side.
        Task<ILog> opening = Task.Run(() => LogOpening.ToRun(options.Settings.Log, data, logger));
        Task<ActorSystem> making = Task.Run(() => EngineRuntime.CreateSystem(options.Settings.Journal, data.JournalPath, logger, options.Settings.Akka));
        Task<IReadOnlyList<PipelineDefinition>> loading = Task.Run(() => options.Program.Load(options.Settings, ErrorText.Print));
        try
        {
            await Task.WhenAll(opening, making, loading).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (making.IsCompletedSuccessfully) await making.Result.Terminate().ConfigureAwait(false);
            if (opening.IsCompletedSuccessfully) opening.Result.Dispose();

            // Ctrl+C reaches the compiler too.
            if (signals.Asked.IsCompleted) return StoppedEarly(terminal);
            if (e is EngineException) throw;
            throw new EngineException(ErrorDomain.Internal, $"the engine can't start: {e.GetType().Name}: {e.Message}", "The cause says more; the log file in the data directory has it.", e);
        }

        using ILog log = opening.Result;
        if (signals.Asked.IsCompleted)
        {
            await making.Result.Terminate().ConfigureAwait(false);
            return StoppedEarly(terminal);
        }

        var engineOptions = new EngineRuntime.Options
        {
            Settings = options.Settings,
            Log = log,
            DataFolder = data.Path,
            JournalPath = data.JournalPath,
            CheckpointsPath = data.CheckpointsPath,
            Logger = logger,
            TakeOver = options.TakesOver,
        };
        IReadOnlyList<PipelineDefinition> pipelines = loading.Result;
        EngineRuntime runtime;
        try
        {
            runtime = EngineRuntime.Create(engineOptions, making.Result, pipelines);
        }
        catch
        {
            await making.Result.Terminate().ConfigureAwait(false);
            throw;
        }

        await using (runtime)
        {
            return await RunAsync(runtime, options, pipelines, data, terminal, signals).ConfigureAwait(false);
        }
    }

    private static async Task<int> RunAsync(
        EngineRuntime runtime, Options options, IReadOnlyList<PipelineDefinition> pipelines, DataDirectory data, Terminal terminal, StopSignals signals)
    {
        Task running = runtime.RunAsync(options.Follows);
        using (new ProgressView(runtime.Statuses, terminal))
        {
            if (await Task.WhenAny(running, signals.Asked).ConfigureAwait(false) == signals.Asked)
            {
                terminal.Note("stopping: what was read is being committed; once more to stop at once");
                await Task.WhenAny(running, runtime.StopAsync()).ConfigureAwait(false);
            }

            await running.ConfigureAwait(false);
        }

        RunSummary.Print(runtime.Statuses, pipelines, data.Path, signals.Asked.IsCompleted);
        return CodeOf(runtime.Statuses);
    }

    /// <summary>What a process ends with: a failure counts for more than a pipeline that goes on elsewhere.</summary>
    internal static int CodeOf(IReadOnlyList<PipelineStatus> statuses)
    {
        PipelineStatus[] unwell = [.. statuses.Where(status => status.State == PipelineState.Failed || status.Failure is not null || status.IsPaused)];
        if (unwell.Length == 0) return ExitCode.Success;
        return unwell.All(status => status.Failure is TakenOverException) ? ExitCode.TakenOver : ExitCode.Failed;
    }

    private static int StoppedEarly(Terminal terminal)
    {
        terminal.Note("stopped before anything was started");
        return ExitCode.Success;
    }

    private static void StopAtOnce(Terminal terminal)
    {
        terminal.Restore();
        terminal.Note("stopped at once; the next run goes on from the last commit");
        Environment.Exit(ExitCode.Interrupted);
    }
}
