namespace StreamEngine.Settings.Hocon;

/// <summary>What a document may take. Whatever goes beyond is a problem with its place, never a crash or a machine without memory.</summary>
internal sealed record HoconLimits
{
    /// <summary>Limits that no honest file comes near to.</summary>
    public static HoconLimits Default { get; } = new();

    /// <summary>The size of one file, in bytes; a larger one isn't read.</summary>
    public long FileBytesMax { get; init; } = 16L << 20;

    /// <summary>The size of a file and all it includes, in bytes.</summary>
    public long TotalBytesMax { get; init; } = 64L << 20;

    /// <summary>How deep objects and lists may lie in each other, before and after substitution.</summary>
    public int NestingMax { get; init; } = 256;

    /// <summary>How many files may include each other in a row.</summary>
    public int IncludeDepthMax { get; init; } = 32;

    /// <summary>How many files a document may include in all.</summary>
    public int IncludesMax { get; init; } = 1000;

    /// <summary>How many substitutions may lead to each other in a row.</summary>
    public int ChainMax { get; init; } = 256;

    /// <summary>How many values a resolved document may have.</summary>
    public int ValuesMax { get; init; } = 1_000_000;

    /// <summary>The length of a text that is put together from parts, in characters.</summary>
    public int TextCharsMax { get; init; } = 1 << 20;

    /// <summary>How many steps resolving may take: values looked at, made or copied.</summary>
    public long StepsMax { get; init; } = 5_000_000;
}
