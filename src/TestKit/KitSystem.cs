using Akka.Actor;
using StreamEngine.Pipelines;
using StreamEngine.Settings;

namespace StreamEngine.TestKit;

/// <summary>
/// The actor system that all kits of a process share: making one takes longer than most tests. Each kit's actors have names of their own in it.
/// </summary>
internal static class KitSystem
{
    private static readonly Lazy<ActorSystem> System = new(
        () => EngineRuntime.CreateSystem(EngineSettings.Load().Journal, journalPath: null, Serilog.Core.Logger.None));

    private static int kits;

    public static ActorSystem Shared => System.Value;

    /// <summary>What comes before the names of a kit's actors.</summary>
    public static string NextScope() => $"kit-{Interlocked.Increment(ref kits)}-";
}
