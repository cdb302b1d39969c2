using System.Runtime.CompilerServices;
using StreamEngine.Diagnostics;

namespace StreamEngine.Settings.Hocon;

/// <summary>
/// Substitutes everything in a document. A substitution looks at the final value of its path; where that is being resolved already, it looks back, at
/// the assignments below the one that is being resolved. Each assignment is resolved once, so that whoever names it gets the same value.
/// </summary>
internal sealed partial class HoconResolver(ObjectNode root, HoconSources sources, HoconLimits limits, Func<string, string?> environment)
{
    /// <summary>Stands for a value with a problem that is reported already.</summary>
    private static readonly HoconScalar Failed = new(HoconKind.Null, "", default);

    /// <summary>Stands for a value that contains itself.</summary>
    private static readonly HoconScalar Circular = new(HoconKind.Null, "", default);

    private readonly HoconProblems problems = new();

    /// <summary>What each assignment is by itself; null where it is nothing.</summary>
    private readonly Dictionary<Layer, HoconValue?> own = [];

    /// <summary>What each assignment is together with those below it.</summary>
    private readonly Dictionary<Layer, HoconValue?> whole = [];

    /// <summary>The objects and lists that are being resolved.</summary>
    private readonly HashSet<Layer> open = [];

    /// <summary>What is being resolved of fields, so that they can't be looked at from above that.</summary>
    private readonly Dictionary<FieldNode, Cut> cuts = [];

    /// <summary>The substitutions that are being resolved, each for the sake of the one before it.</summary>
    private readonly List<SubstitutionNode> chain = [];

    private int nesting;
    private long steps;
    private bool exhausted;

    /// <summary>Whether the last search came upon what is being resolved, and so looked back.</summary>
    private bool wentRound;

    /// <summary>Resolves the document.</summary>
    /// <exception cref="ProblemException">It can't be; all that is wrong is said.</exception>
    public HoconObject Resolve()
    {
        HoconValue? value = OfObject(root);
        problems.ThrowIfAny();
        return (HoconObject)value!;
    }

    /// <summary>The value of a field from an assignment downwards: that assignment, and below it what an object is merged with. Null when it has none.</summary>
    private HoconValue? Whole(FieldNode field, Layer? top)
    {
        if (top is null) return null;
        if (top.Value is ScalarNode scalar) return scalar.Value;
        if (whole.TryGetValue(top, out HoconValue? known)) return known;

        // What repeats its own name is resolved from below, so that ten thousand of them need no stack.
        if (top.ReadsBelow)
        {
            var readers = new Stack<Layer>();
            for (Layer layer = top.Below!; layer.ReadsBelow && !whole.ContainsKey(layer); layer = layer.Below!) readers.Push(layer);
            foreach (Layer layer in readers) WholeOf(field, layer);
        }

        return WholeOf(field, top);
    }

    private HoconValue? WholeOf(FieldNode field, Layer top)
    {
        HoconValue? result = null;
        for (Layer? layer = top; layer is not null; layer = layer.IsClosed ? null : layer.Below)
        {
            bool isKnown = whole.TryGetValue(layer, out HoconValue? value);
            if (!isKnown) value = Own(field, layer);
            if (value == Circular) return Circular;
            if (value == Failed) result ??= Failed;
            else if (value is not null) result = result is null ? value : value is HoconObject under ? Merge(under, (HoconObject)result) : result;
            if (isKnown || result is not (null or HoconObject) || value is not (null or HoconObject)) break;
        }

        return whole[top] = result;
    }

    /// <summary>The value of one assignment, without those below it.</summary>
    private HoconValue? Own(FieldNode field, Layer layer)
    {
        if (layer.Value is ScalarNode scalar) return scalar.Value;
        if (own.TryGetValue(layer, out HoconValue? known)) return known;
        if (!MayGoOn(layer.Value.Place)) return Failed;
        HoconValue? value;
        if (layer.Value.HidesAll || layer.Value is ObjectNode)
        {
            if (!open.Add(layer))
            {
                wentRound = true;
                return Circular;
            }

            value = Of(layer.Value);
            open.Remove(layer);
        }
        else
        {
            Cut before = cuts.GetValueOrDefault(field);
            cuts[field] = before with { Resolving = layer };
            value = layer.Value is SubstitutionNode substitution ? LookBack(field, layer, substitution) ?? Substitute(substitution) : Concatenate((ConcatenationNode)layer.Value, (field, layer, before));
            Restore(field, before);
        }

        if (value != Circular) own[layer] = value;
        return value;
    }

    /// <summary>
    /// What a substitution of the very field it is the value of looks back at: the assignment before, whatever is assigned above. Null where there is none here,
    /// or where it is an object, which may go on elsewhere: it is searched for then.
    /// </summary>
    private HoconValue? LookBack(FieldNode field, Layer layer, SubstitutionNode node)
    {
        if (!node.IsSelf || layer.Below is null) return null;
        HoconValue? before = Whole(field, layer.Below);
        return before is HoconScalar or HoconArray && before != Failed && before != Circular ? before : null;
    }

    /// <summary>The value of what isn't an assignment of its own, or of the object or list that one assigns.</summary>
    private HoconValue? Of(HoconNode node) => node switch
    {
        ScalarNode scalar => scalar.Value,
        ObjectNode fields => OfObject(fields),
        ArrayNode array => OfArray(array),
        SubstitutionNode substitution => Substitute(substitution),
        ConcatenationNode concatenation => Concatenate(concatenation, null),
        _ => throw new ArgumentException("White space alone is no value.", nameof(node)),
    };

    private HoconValue OfObject(ObjectNode node)
    {
        if (!MayGoOn(node.Place)) return Failed;
        var fields = new List<HoconField>(node.Fields.Count);
        nesting++;
        HoconValue? circular = null;
        foreach (FieldNode field in node.Fields)
        {
            if (VisibleWhole(field) != field.Top)
            {
                // The field is being resolved, and needs all that it is part of.
                wentRound = true;
                circular = Circular;
                break;
            }

            HoconValue? value = Whole(field, field.Top);
            if (value == Circular)
            {
                circular = Circular;
                break;
            }

            if (value is not null) fields.Add(Field(field, value));
        }

        nesting--;
        return circular ?? Checked(new HoconObject(fields, node.Place));
    }

    /// <summary>A field with the place and the comment of the assignment that gave it its value.</summary>
    private HoconField Field(FieldNode field, HoconValue value)
    {
        Layer layer = field.Top!;
        while (layer.Below is not null && own.GetValueOrDefault(layer) is null && layer.Value is not ScalarNode) layer = layer.Below;
        return new HoconField(field.Name, value, layer.KeyPlace) { Comment = field.Top!.Comment };
    }

    private HoconValue OfArray(ArrayNode node)
    {
        if (!MayGoOn(node.Place)) return Failed;
        var items = new List<HoconValue>(node.Items.Count);
        nesting++;
        HoconValue? circular = null;
        foreach (HoconNode item in node.Items)
        {
            HoconValue? value = Of(item);
            if (value == Circular)
            {
                circular = Circular;
                break;
            }

            if (value is not null) items.Add(value);
        }

        nesting--;
        return circular ?? Checked(new HoconArray(items, node.Place));
    }

    /// <summary>Two objects as one; where both have a field, the later one's counts, unless both are objects again.</summary>
    private HoconValue Merge(HoconObject under, HoconObject over)
    {
        if (!MayGoOn(over.Place) || !Spend(under.Count + over.Count, over.Place)) return Failed;
        var fields = new List<HoconField>(under.Count + over.Count);
        nesting++;
        foreach (HoconField below in under)
        {
            if (!over.TryGet(below.Name, out HoconField? above)) fields.Add(below);
            else
            {
                HoconValue value = above.Value is HoconObject upper && below.Value is HoconObject lower ? Merge(lower, upper) : above.Value;
                fields.Add(above with { Value = value, Comment = above.Comment.Length > 0 ? above.Comment : below.Comment });
            }
        }

        fields.AddRange(over.Where(above => !under.TryGet(above.Name, out _)));
        nesting--;
        return Checked(new HoconObject(fields, over.Place));
    }

    /// <summary>A value within the limits; one beyond them is reported, and nothing is resolved any more.</summary>
    private HoconValue Checked(HoconValue value)
    {
        if (value.Depth > limits.NestingMax) return Exhaust(
            ProblemCodes.TooDeep, value.Place, $"this is nested more than {limits.NestingMax} deep once it is resolved",
            "Look for a substitution that puts what it is in into itself by other names.");
        return value.Size <= limits.ValuesMax && Spend(1, value.Place)
            ? value
            : Exhaust(
                ProblemCodes.TooMuchResolved, value.Place, $"this has more than {limits.ValuesMax:N0} values once it is resolved",
                "Look for substitutions that double a value at each step.");
    }

    /// <summary>Whether there is stack enough to go on.</summary>
    private bool MayGoOn(SourcePlace place)
    {
        if (exhausted) return false;
        if (nesting <= limits.NestingMax * 2 && RuntimeHelpers.TryEnsureSufficientExecutionStack()) return true;
        Exhaust(ProblemCodes.TooDeep, place, "what is to be resolved here is nested too deep", "Look for substitutions that lead into each other again and again.");
        return false;
    }

    private bool Spend(long count, SourcePlace place)
    {
        steps += count;
        if (steps <= limits.StepsMax) return !exhausted;
        Exhaust(ProblemCodes.TooMuchResolved, place, $"resolving takes more than {limits.StepsMax:N0} steps", "Look for substitutions that double a value at each step.");
        return false;
    }

    private HoconScalar Exhaust(string code, SourcePlace place, string what, string remedy)
    {
        if (!exhausted) Report(code, place, what, remedy);
        exhausted = true;
        return Failed;
    }

    private void Report(string code, SourcePlace place, string what, string remedy) =>
        problems.Add(new Problem(code, place, what, remedy) { SourceLine = sources.LineAt(place) });
}
