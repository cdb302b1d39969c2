using System.Globalization;

namespace StreamEngine.Hosting.Doctor;

/// <summary>Sizes for people.</summary>
internal static class Sizes
{
    /// <summary>Bytes in the largest unit that leaves a whole part: <c>1.5 GB</c>. Units are powers of 1,024.</summary>
    public static string Of(long bytes) => bytes switch
    {
        >= 1L << 40 => In(bytes, 40, "TB"),
        >= 1L << 30 => In(bytes, 30, "GB"),
        >= 1L << 20 => In(bytes, 20, "MB"),
        _ => In(bytes, 10, "kB"),
    };

    private static string In(long bytes, int power, string unit) => string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / (1L << power):0.#} {unit}");
}
