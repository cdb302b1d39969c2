namespace StreamEngine.Settings.Hocon;

/// <summary>The texts that a document was read from, by their origins.</summary>
internal sealed class HoconSources
{
    private readonly Dictionary<string, SourceText?> byOrigin = new(StringComparer.Ordinal);

    /// <summary>Adds a text. Of two texts of the same origin no lines can be told.</summary>
    public void Add(SourceText source) =>
        byOrigin[source.Origin] = !byOrigin.TryGetValue(source.Origin, out SourceText? other) || other?.Text == source.Text ? source : null;

    /// <summary>Adds the texts of another document.</summary>
    public void AddAll(HoconSources others)
    {
        foreach ((string origin, SourceText? source) in others.byOrigin)
        {
            if (source is not null) Add(source);
            else byOrigin[origin] = null;
        }
    }

    /// <summary>The line of a place as it is written; null when it isn't known.</summary>
    public string? LineAt(SourcePlace place) => byOrigin.GetValueOrDefault(place.Origin ?? "")?.LineAt(place);
}
