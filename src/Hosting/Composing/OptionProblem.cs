using StreamEngine.Contracts.Catalogue;
using StreamEngine.Diagnostics;
using StreamEngine.Settings.Hocon;
using StreamEngine.Settings.Options;

namespace StreamEngine.Hosting.Composing;

/// <summary>Says where a refused option is written: in an expression, at the very character.</summary>
internal static class OptionProblem
{
    /// <summary>The problem of a block that was refused.</summary>
    /// <param name="block">The block.</param>
    /// <param name="place">Where the option is written.</param>
    /// <param name="refused">What was said of it.</param>
    /// <param name="lineAt">Gives the line of a place as it is written, or null.</param>
    public static Problem Of(HoconObject block, SourcePlace place, OptionException refused, Func<SourcePlace, string?> lineAt)
    {
        HoconField? field = refused.Option.Length > 0 ? block.Find(refused.Option.Split('.')) : null;
        if (refused.Text is not { } text)
        {
            string hint = field is null ? "" : OptionReading.Hint(field.Value);
            return new Problem(refused.NeedsKey ? ProblemCodes.NeedsKey : ProblemCodes.BadOption, field?.Value.Place ?? place, refused.Message, refused.Remedy + hint);
        }

        HoconValue within = field?.Value ?? block;
        SourcePlace at = Scalars(within).FirstOrDefault(scalar => scalar.Text == text) is { } found ? Within(found, refused.Position, lineAt) : place;
        return new Problem(ProblemCodes.BadExpression, at, refused.Message, refused.Remedy);
    }

    private static IEnumerable<HoconScalar> Scalars(HoconValue value) => value switch
    {
        HoconScalar scalar => [scalar],
        HoconArray array => array.Items.SelectMany(Scalars),
        HoconObject block => block.SelectMany(field => Scalars(field.Value)),
        _ => [],
    };

    /// <summary>The place of a character of a text; that of the text where it isn't written as it is, but with escapes or over several lines.</summary>
    private static SourcePlace Within(HoconScalar scalar, int position, Func<SourcePlace, string?> lineAt)
    {
        if (position == 0 || lineAt(scalar.Place) is not { } line || scalar.Place.Column > line.Length) return scalar.Place;
        int begin = scalar.Place.Column - 1;
        while (begin < line.Length && line[begin] == '"') begin++;
        return string.CompareOrdinal(line, begin, scalar.Text, 0, scalar.Text.Length) == 0 ? scalar.Place with { Column = begin + position } : scalar.Place;
    }
}
