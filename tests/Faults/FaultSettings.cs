using System.Globalization;

namespace StreamEngine.Faults.Tests;

/// <summary>How much the fault tests do: little unless the environment says more.</summary>
internal static class FaultSettings
{
    /// <summary>How often the host is killed at random moments.</summary>
    public static int Kills { get; } = Number("STREAMENGINE_HOST_KILLS", 40);

    /// <summary>How often the host dies at each point of a commit.</summary>
    public static int CrashesAtEachPoint { get; } = Number("STREAMENGINE_HOST_CRASHES", 2);

    /// <summary>What random choices begin with.</summary>
    public static int Seed { get; } = Number("STREAMENGINE_SEED", Environment.TickCount & 0xffff);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
