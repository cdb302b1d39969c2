using System.Globalization;

namespace StreamEngine.Contracts.Catalogue;

/// <summary>The options of connectors that read topics which say where reading begins, and where it goes on when records are gone.</summary>
public static class StartOption
{
    private const string Name = "start";
    private const string OffsetsName = "offsets";
    private const string OutOfRangeName = "out-of-range";

    /// <summary>What it is.</summary>
    public static OptionDefinition Definition { get; } = new(
        Name, OptionType.Text, "Where reading begins that was never read by this stage: earliest, latest, or a time such as 2024-05-01T10:00:00Z.") { Default = "earliest" };

    /// <summary>Offsets to begin at.</summary>
    public static OptionDefinition Offsets { get; } = new(
        OffsetsName, OptionType.Map, "In place of start, for partitions by their numbers: the offset where reading begins that was never read by this stage, as in { \"0\" = 120, \"1\" = 40 }.")
    {
        Item = new("", OptionType.Integer, "The offset.") { Min = 0 },
    };

    /// <summary>What becomes of positions whose records are gone.</summary>
    public static OptionDefinition OutOfRange { get; } = new(
        OutOfRangeName, OptionType.Choice, "What becomes of a position whose records are gone: fail stops the pipeline; earliest and latest go on there, and lose what lay between.")
    {
        Default = "fail",
        Choices = ["fail", "earliest", "latest"],
    };

    /// <summary>What becomes of positions whose records are gone, as a user says.</summary>
    public static OutOfRange OutOfRangeOf(IOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Enum.Parse<OutOfRange>(options.Text(OutOfRangeName), ignoreCase: true);
    }

    /// <summary>The offsets that a user gave, by partitions; null when none.</summary>
    /// <exception cref="OptionException">One is for no partition.</exception>
    public static IReadOnlyDictionary<int, long>? OffsetsOf(IOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsGiven(OffsetsName)) return null;
        var offsets = new Dictionary<int, long>();
        foreach ((string partition, IOptions offset) in options.Map(OffsetsName))
        {
            if (!int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || !offsets.TryAdd(number, offset.Integer("")))
            {
                throw new OptionException(OffsetsName, $"'{partition}' is no number of a partition, or stands for one that is there already", "Name partitions by their numbers, from 0 on: offsets { \"0\" = 120, \"1\" = 40 }.");
            }
        }

        return offsets;
    }

    /// <summary>The place that a user gave.</summary>
    /// <exception cref="OptionException">It is none.</exception>
    public static StartPlace Of(IOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string start = options.Text(Name);
        if (start == "earliest") return new StartPlace(StartPlaceKind.Earliest);
        if (start == "latest") return new StartPlace(StartPlaceKind.Latest);
        return DateTimeOffset.TryParse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? new StartPlace(StartPlaceKind.Time, time)
            : throw new OptionException(Name, $"'{start}' is no place to begin", "Say earliest, latest, or a time such as 2024-05-01T10:00:00Z.");
    }
}
