using System.Collections.Frozen;

namespace StreamEngine.Sql.Columns;

/// <summary>Members of an enum by their names, without making a text for each record.</summary>
internal static class EnumText<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Texts = Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, value => value.ToString());

    /// <summary>The name; for a value without one its number, for several flags their names.</summary>
    public static string Of(T value) => Texts.TryGetValue(value, out string? text) ? text : value.ToString();
}
