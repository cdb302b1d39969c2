using System.Globalization;

namespace StreamEngine.Conformance;

/// <summary>
/// How often property tests run: <c>STREAMENGINE_PROPERTY_FACTOR=10</c> makes each ten times as long as it usually is. A failure prints a
/// seed; <c>CsCheck_Seed=SEED</c> runs exactly that case.
/// </summary>
public static class PropertyRuns
{
    private static readonly double Factor =
        double.Parse(Environment.GetEnvironmentVariable("STREAMENGINE_PROPERTY_FACTOR") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>The number of runs of a test that usually has <paramref name="usual"/>.</summary>
    public static int Of(long usual) => (int)Math.Clamp(usual * Factor, 1, int.MaxValue);
}
