namespace StreamEngine.Tests;

/// <summary>Compares what reaches disk with what every build before has written there.</summary>
internal static class Frozen
{
    /// <param name="expected">The bytes in hexadecimal; spaces are for the eye.</param>
    /// <param name="actual">What this build writes.</param>
    /// <param name="version">The version that a change of it takes.</param>
    public static void Equal(string expected, ReadOnlySpan<byte> actual, string version) =>
        Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(actual), version);

    public static void Text(string expected, string actual, string version) => Equal(expected, actual, version);

    private static void Equal(string expected, string actual, string version) => Assert.True(
        expected == actual,
        $"What reaches disk is frozen: bump {version}, keep reading what the old one wrote, and do not edit this expectation.\n" +
        $"frozen: {expected}\nnow:    {actual}");
}
