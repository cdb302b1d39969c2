using System.Globalization;

namespace StreamEngine.Records.Data;

/// <summary>One step of a path: into a field, or to an item of a list.</summary>
/// <param name="Name">The field's name; null for an item.</param>
/// <param name="Index">The item's number, from 0.</param>
public readonly record struct DataPathStep(string? Name, int Index)
{
    /// <summary>Into a field.</summary>
    public static DataPathStep Field(string name) => new(name, 0);

    /// <summary>To an item.</summary>
    public static DataPathStep Item(int index) => new(null, index);

    /// <summary>The step as it is written behind others.</summary>
    public override string ToString()
    {
        if (Name is null) return string.Create(CultureInfo.InvariantCulture, $"[{Index}]");
        if (Name.Length > 0 && Name.AsSpan().IndexOfAny(DataPathParser.Special) < 0) return Name;
        return $"\"{Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
