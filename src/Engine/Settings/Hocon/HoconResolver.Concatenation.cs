using System.Text;
using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <content>Values beside each other.</content>
internal sealed partial class HoconResolver
{
    /// <param name="node">The concatenation.</param>
    /// <param name="assigned">The assignment whose value it is, with what was being resolved of its field before; null for an item of a list.</param>
    private HoconValue? Concatenate(ConcatenationNode node, (FieldNode Field, Layer Layer, Cut Before)? assigned)
    {
        if (!MayGoOn(node.Place)) return Failed;
        var parts = new List<Part>(node.Pieces.Count);
        bool hasFailed = false;
        bool onlySpace = true;
        foreach (HoconNode piece in node.Pieces)
        {
            if (piece is SpaceNode space)
            {
                parts.Add(new Part(piece, new HoconScalar(HoconKind.Text, space.Text, space.Place)));
                continue;
            }

            HoconValue? value = (piece, assigned) switch
            {
                (ObjectNode, { } at) => InObjectOf(at.Field, at.Layer, at.Before, piece),
                (SubstitutionNode substitution, { } at) => LookBack(at.Field, at.Layer, substitution) ?? Substitute(substitution),
                _ => Of(piece),
            };
            if (value == Circular) return Circular;
            hasFailed |= value == Failed;
            if (value is null) continue;
            onlySpace = false;
            parts.Add(new Part(piece, value));
        }

        if (hasFailed) return Failed;
        if (onlySpace) return null;
        if (parts.Count == 1) return parts[0].Value;
        if (parts.Exists(part => part.Value is HoconArray)) return JoinArrays(node, parts);
        return parts.Exists(part => part.Value is HoconObject) ? JoinObjects(parts) : JoinTexts(node, parts);
    }

    /// <summary>An object within a concatenation may name fields of the whole, as every object may.</summary>
    private HoconValue? InObjectOf(FieldNode field, Layer layer, Cut before, HoconNode piece)
    {
        Cut resolving = cuts[field];
        cuts[field] = before with { InObject = layer };
        HoconValue? value = Of(piece);
        cuts[field] = resolving;
        return value;
    }

    private HoconValue JoinArrays(ConcatenationNode node, List<Part> parts)
    {
        var items = new List<HoconValue>();
        foreach (Part part in parts.Where(part => part.Piece is not SpaceNode))
        {
            if (!HoconReading.TryList(part.Value, out IReadOnlyList<HoconValue>? list)) return ReportMixed(part, "a list");
            if (!Spend(list.Count, node.Place)) return Failed;
            items.AddRange(list);
        }

        return Checked(new HoconArray(items, node.Place));
    }

    private HoconValue JoinObjects(List<Part> parts)
    {
        HoconValue? merged = null;
        foreach (Part part in parts.Where(part => part.Piece is not SpaceNode))
        {
            if (part.Value is not HoconObject fields) return ReportMixed(part, "an object");
            merged = merged is HoconObject under ? Merge(under, fields) : fields;
            if (merged == Failed) return Failed;
        }

        return merged!;
    }

    private HoconScalar JoinTexts(ConcatenationNode node, List<Part> parts)
    {
        var text = new StringBuilder();
        foreach (Part part in parts)
        {
            string piece = ((HoconScalar)part.Value).Text;
            text.Append(piece);
            if (!Spend(1 + (piece.Length / 64), node.Place)) return Failed;
            if (text.Length <= limits.TextCharsMax) continue;
            return Exhaust(
                ProblemCodes.TooMuchResolved, node.Place, $"this text has more than {limits.TextCharsMax:N0} characters once it is resolved",
                "Look for substitutions that double a text at each step.");
        }

        return new HoconScalar(HoconKind.Text, text.ToString(), node.Place);
    }

    private HoconScalar ReportMixed(Part part, string others)
    {
        SourcePlace place = part.Piece.Place;
        string what = part.Value.Kind switch { HoconKind.Object => "an object", HoconKind.Array => "a list", HoconKind.Null => "null", _ => "a text" };
        if (part.Piece is SubstitutionNode { IsAppended: true })
        {
            Report(
                ProblemCodes.MixedKinds, place, $"+= appends to a list, and what was here before, at {part.Value.Place}, is {what}",
                "Make that a list, or assign with =.");
            return Failed;
        }

        problems.Add(Problems.Mixed(place, what, others) with { SourceLine = sources.LineAt(place) });
        return Failed;
    }

    /// <summary>A piece and what it is.</summary>
    private readonly record struct Part(HoconNode Piece, HoconValue Value);
}
