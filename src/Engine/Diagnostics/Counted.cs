using System.Globalization;

namespace StreamEngine.Diagnostics;

/// <summary>Numbers with their nouns, as people say them.</summary>
internal static class Counted
{
    /// <summary>A number and what it counts, in the plural where that is due.</summary>
    /// <param name="count">The number.</param>
    /// <param name="noun">What it counts, in the singular.</param>
    public static string Of(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A size, with a sign in front where it is an estimate: <c>~1200 bytes</c>.</summary>
    /// <param name="bytes">The size.</param>
    /// <param name="isEstimated">Whether nobody has counted.</param>
    public static string Bytes(long bytes, bool isEstimated) => string.Create(CultureInfo.InvariantCulture, $"{(isEstimated ? "~" : "")}{bytes} bytes");
}
