using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <content>Finding what a path names, without resolving more than has to be.</content>
internal sealed partial class HoconResolver
{
    /// <summary>What came of a search.</summary>
    /// <param name="Value">The value; null when there is none.</param>
    /// <param name="IsHidden">Whether there is none, and what is below can't have one either: a text or a list lies on the way.</param>
    private readonly record struct Found(HoconValue? Value, bool IsHidden)
    {
        /// <summary>There is none, but there may be one below.</summary>
        public static Found Nothing => default;

        /// <summary>There is none, nor can there be.</summary>
        public static Found Hidden => new(null, true);
    }

    /// <summary>Which assignment of a field is being resolved, so that it and those above it can't be seen.</summary>
    private record struct Cut
    {
        /// <summary>A substitution or a concatenation.</summary>
        public Layer? Resolving { get; init; }

        /// <summary>A concatenation, in one of its objects: that can see the fields of the whole, but not the whole itself.</summary>
        public Layer? InObject { get; init; }

        /// <summary>A substitution that a search goes through.</summary>
        public Layer? Passing { get; init; }

        /// <summary>How many searches that one lies in; it doesn't concern those that lie in it.</summary>
        public int Search { get; init; }
    }

    private int depthOfSearch;

    private HoconValue? Substitute(SubstitutionNode node)
    {
        if (!MayGoOn(node.Place) || !Spend(1, node.Place)) return Failed;
        if (chain.Count >= limits.ChainMax)
        {
            return Exhaust(
                ProblemCodes.TooMuchResolved, node.Place, $"more than {limits.ChainMax} substitutions lead to each other in a row",
                "Let them name the value more directly.");
        }

        chain.Add(node);
        (int search, bool round) = (depthOfSearch++, wentRound);
        wentRound = false;
        HoconValue? value = LookUp(node.Path, node.Place).Value;
        if ((value is null || value == Circular) && node.Included > 0) value = LookUp(node.Path.AsSpan(node.Included), node.Place).Value ?? value;
        bool isRound = wentRound;
        wentRound = round || (isRound && (value is null || value == Circular));
        depthOfSearch = search;
        chain.RemoveAt(chain.Count - 1);
        if (value == Failed) return Failed;
        if (value is not null && value != Circular) return value;
        if (FromEnvironment(node) is { } variable) return variable;
        if (node.IsOptional) return null;
        if (isRound) ReportCycle(node);
        else ReportUndefined(node);
        return Failed;
    }

    private Found LookUp(ReadOnlySpan<string> path, SourcePlace place) => InObject(root, path, place);

    private Found InObject(ObjectNode node, ReadOnlySpan<string> path, SourcePlace place) =>
        node.TryGet(path[0], out FieldNode? field) ? InField(field, path[1..], place) : Found.Nothing;

    private Found InField(FieldNode field, ReadOnlySpan<string> path, SourcePlace place)
    {
        if (!MayGoOn(place) || !Spend(4, place)) return new Found(Failed, true);
        if (path.IsEmpty)
        {
            Layer? visible = VisibleWhole(field);
            wentRound |= visible != field.Top;
            int search = depthOfSearch++;
            HoconValue? value = Whole(field, visible);
            depthOfSearch = search;
            return new Found(value, value is not (null or HoconObject));
        }

        Layer? top = VisibleParts(field);
        wentRound |= top != field.Top;
        HoconObject? merged = null;
        for (Layer? layer = top; layer is not null; layer = layer.IsClosed ? null : layer.Below)
        {
            Found found = InLayer(field, layer, path, place);
            if (Take(found, ref merged) is { } done) return done;
        }

        return new Found(merged, false);
    }

    private Found InLayer(FieldNode field, Layer layer, ReadOnlySpan<string> path, SourcePlace place)
    {
        switch (layer.Value)
        {
            case ObjectNode fields:
                return InObject(fields, path, place);
            case SubstitutionNode substitution:
                return Through(field, layer, substitution, path);
            case ConcatenationNode { HasObject: true } objects:
                HoconObject? merged = null;
                for (int n = objects.Pieces.Count - 1; n >= 0; n--)
                {
                    Found found = objects.Pieces[n] switch
                    {
                        ObjectNode fields => InObject(fields, path, place),
                        SubstitutionNode substitution => Through(field, layer, substitution, path),
                        _ => Found.Nothing,
                    };
                    if (Take(found, ref merged) is { } done) return done;
                }

                return new Found(merged, false);
            case ConcatenationNode:
                int search = depthOfSearch++;
                HoconValue? value = Own(field, layer);
                depthOfSearch = search;
                return Pick(value, path);
            default:
                return Found.Hidden;
        }
    }

    /// <summary>Takes what was found above what is below; returns the end of the search when nothing below can matter.</summary>
    private Found? Take(Found found, ref HoconObject? merged)
    {
        if (found.Value is HoconObject part)
        {
            HoconValue both = merged is null ? part : Merge(part, merged);
            if (both is not HoconObject whole) return new Found(both, true);
            merged = whole;
            return null;
        }

        if (found.Value is null && !found.IsHidden) return null;
        return merged is null ? new Found(found.Value, true) : new Found(merged, true);
    }

    /// <summary>Looks for a path in what a substitution names, without resolving the rest of that.</summary>
    private Found Through(FieldNode field, Layer layer, SubstitutionNode node, ReadOnlySpan<string> rest)
    {
        if (node.Path.Length + rest.Length > limits.NestingMax * 2) return Found.Nothing;
        Cut before = cuts.GetValueOrDefault(field);
        cuts[field] = before with { Passing = layer, Search = depthOfSearch };
        Found found = LookUp([.. node.Path, .. rest], node.Place);
        if (found is { Value: null, IsHidden: false } && node.Included > 0) found = LookUp([.. node.Path.AsSpan(node.Included), .. rest], node.Place);
        Restore(field, before);
        return found is { Value: null, IsHidden: false } && !root.TryGet(node.Path[node.Included], out _) && FromEnvironment(node) is not null ? Found.Hidden : found;
    }

    private static Found Pick(HoconValue? value, ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (value is null) return Found.Nothing;
            if (value is not HoconObject fields) return value == Failed || value == Circular ? new Found(value, true) : Found.Hidden;
            value = fields.TryGet(name, out HoconField? field) ? field.Value : null;
        }

        return new Found(value, value is not (null or HoconObject));
    }

    /// <summary>The uppermost assignment of a field that can be seen as a whole.</summary>
    private Layer? VisibleWhole(FieldNode field)
    {
        if (!cuts.TryGetValue(field, out Cut cut)) return field.Top;
        Layer? lowest = Lower(Lower(cut.Resolving, cut.InObject), cut.Passing is not null && cut.Search == depthOfSearch ? cut.Passing : null);
        return lowest is null ? field.Top : lowest.Below;
    }

    /// <summary>The uppermost assignment of a field whose own fields can be seen.</summary>
    private Layer? VisibleParts(FieldNode field)
    {
        if (!cuts.TryGetValue(field, out Cut cut)) return field.Top;
        Layer? lowest = Lower(cut.Resolving, cut.Passing is not null && cut.Search == depthOfSearch ? cut.Passing : null);
        return lowest is null ? field.Top : lowest.Below;
    }

    private static Layer? Lower(Layer? one, Layer? other) => one is null ? other : other is null || one.Height <= other.Height ? one : other;

    private void Restore(FieldNode field, Cut before)
    {
        if (before == default) cuts.Remove(field);
        else cuts[field] = before;
    }

    /// <summary>A variable of the environment, or the list that numbered ones make; names of several elements are never variables.</summary>
    private HoconValue? FromEnvironment(SubstitutionNode node)
    {
        if (node.Path.Length - node.Included != 1) return null;
        string name = node.Path[^1];
        if (!node.IsList) return Variable(name);
        var items = new List<HoconValue>();
        while (items.Count < limits.ValuesMax && Variable(FormattableString.Invariant($"{name}_{items.Count}")) is { } item) items.Add(item);
        return items.Count == 0 ? null : new HoconArray(items, items[0].Place);
    }

    private HoconScalar? Variable(string name) =>
        name.Length > 0 && !name.Contains('=', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal) && environment(name) is { } text
            ? new HoconScalar(HoconKind.Text, text, new SourcePlace($"environment variable {name}", 0, 0))
            : null;

    private void ReportUndefined(SubstitutionNode node)
    {
        bool isVariable = node.Path.Length - node.Included == 1;
        Report(
            ProblemCodes.Undefined, node.Place, $"{node} is not defined{(isVariable ? ", nor is there such an environment variable" : "")}{Nearest(node)}",
            $"Define it, or write ${{?{HoconPath.Render(node.Path.AsSpan(node.Included))}}} if it may be missing.");
    }

    /// <summary>The name that was perhaps meant, where the path ends.</summary>
    private string Nearest(SubstitutionNode node)
    {
        ObjectNode at = root;
        string[] path = node.Path[node.Included..];
        for (int n = 0; n < path.Length; n++)
        {
            if (at.TryGet(path[n], out FieldNode? field))
            {
                if (field.Top?.Value is not ObjectNode next) return "";
                at = next;
            }
            else
            {
                string? near = NearestKey.To(path[n], at.Fields.Select(each => each.Name));
                return near is null ? "" : $"; did you mean ${{{HoconPath.Render([.. path[..n], near, .. path[(n + 1)..]])}}}?";
            }
        }

        return "";
    }

    private void ReportCycle(SubstitutionNode node)
    {
        int first = chain.FindIndex(each => each.Path.AsSpan().SequenceEqual(node.Path));
        IEnumerable<SubstitutionNode> round = (first < 0 ? chain : chain.Skip(first)).Append(node);
        string way = string.Join(" -> ", round.Select(each => $"{each} at {each.Place}"));
        Report(
            ProblemCodes.Cycle, node.Place, $"{node} leads back to itself, and nothing before it gives it a value: {way}",
            "Give one of them a value of its own, or an earlier value to look back at.");
    }
}
