using StreamEngine.Contracts.Catalogue;
using StreamEngine.Contracts;
using StreamEngine.Diagnostics;
using StreamEngine.Planning;
using StreamEngine.Records;
using StreamEngine.Settings.Hocon;

namespace StreamEngine.Settings;

/// <summary>Finds what is given and nothing reads: a misspelt name would change nothing, in silence.</summary>
/// <param name="catalog">The settings that are read.</param>
/// <param name="problems">Takes what is found.</param>
internal sealed class SettingsCheck(SettingsCatalog catalog, ProblemList problems)
{
    private const string Root = EngineSettings.Root;
    private const string OfPipeline = $"{Root}.pipeline";

    /// <summary>What a pipeline written without code consists of.</summary>
    private static readonly string[] Components = ["source", "sources", "transforms", "sink", "sinks"];

    /// <summary>Settings that a subgraph can have for itself; those that end in a dot with all below.</summary>
    private static readonly string[] OfSubgraphs = ["tasks.max", "commit.", "drain.timeout", "errors.", "restarts.", "state.cache", "source.prefetch", "staged."];

    /// <summary>Settings that a stage can have for itself.</summary>
    private static readonly string[] OfStages = ["errors.", "source.prefetch", "staged.records", "staged.bytes", "staged.age"];

    /// <summary>Whether a name in a pipeline's block is the engine's, and not that of a subgraph or a stage.</summary>
    public static bool IsOwnBlock(string name, SettingsCatalog catalog) => Components.Contains(name) || catalog.IsSection($"{OfPipeline}.{name}");

    /// <summary>Whether a pipeline's block says what it consists of, rather than tuning one that is written in code.</summary>
    public static bool IsWithoutCode(HoconObject pipeline) =>
        pipeline.Find("source", "connector") is not null || Components.Skip(1).Any(name => pipeline.TryGet(name, out _));

    /// <summary>Whether a field of a pipeline's block is a source, a sink or a transform under a name that none of them has.</summary>
    public static bool IsMisspeltComponent(HoconField field) =>
        !Components.Contains(field.Name) && field.Value is HoconObject block && (block.TryGet("connector", out _) || block.TryGet("transform", out _));

    /// <summary>Checks all that is given.</summary>
    public void Run(HoconObject resolved)
    {
        foreach (HoconField field in resolved)
        {
            switch (field.Name)
            {
                case Root:
                    CheckBlock(Root, (HoconObject)field.Value);
                    break;
                case "akka" when field.Value is HoconObject akka:
                    PassThroughs.Akka.Check(akka, field.Name, problems);
                    break;
                case "akka":
                    problems.Add(ProblemCodes.WrongForm, field.Value.Place, "akka has settings of its own and no value", "Write akka { ... }.");
                    break;
                default:
                    // Any other name is the user's own, for substitutions; unless it was meant to be ours.
                    if (NearestKey.To(field.Name, [Root]) is not null) Unknown(field with { Value = HoconObject.Empty }, field.Name, [Root]);
                    else if (field.Value is HoconObject block) CheckPlace(field, block);
                    break;
            }
        }
    }

    /// <summary>Checks what a pipeline's code sets.</summary>
    public void RunCode(HoconObject code, string pipeline) => CheckPipeline($"{Root}.pipelines.{pipeline}", "", code, mayHaveParts: false);

    /// <summary>Checks what is given for the parts of a pipeline that is planned.</summary>
    public void RunParts(SettingsLayer block, PipelinePlan plan)
    {
        string[] subgraphs = [.. plan.Subgraphs.Select(subgraph => subgraph.Name)];
        string[] stages = [.. plan.Subgraphs.SelectMany(subgraph => subgraph.Stages).Select(stage => stage.Node.Name)];
        string[] all = [.. subgraphs.Union(stages)];
        foreach (HoconField part in block.Block.Where(field => field.Value is HoconObject && !IsOwnBlock(field.Name, catalog)))
        {
            if (!all.Contains(part.Name))
            {
                string near = NearestKey.Hint(part.Name, all);
                problems.Add(
                    ProblemCodes.NoSuchPart, part.KeyPlace, $"pipeline {plan.Name} has no subgraph and no stage {part.Name}{near}",
                    $"Subgraphs are {string.Join(", ", subgraphs)}; stages are {string.Join(", ", stages)}.");
            }
            else if (!subgraphs.Contains(part.Name))
            {
                StageNode node = plan.Subgraphs.SelectMany(subgraph => subgraph.Stages).First(stage => stage.Node.Name == part.Name).Node;
                foreach ((string key, HoconField field) in Leaves((HoconObject)part.Value, "").Where(leaf => HasNoUse(leaf.Key, node)))
                {
                    problems.Add(
                        ProblemCodes.Unknown, field.KeyPlace, $"{key} changes nothing for stage {part.Name}, which is {(node is SinkNode { Sink: IStagedSink } ? "a sink with limits of its own" : $"a {node.Kind}")}",
                        key.StartsWith("source.", StringComparison.Ordinal) ? "Set it for a source." : "Set it for a sink of files that says nothing of its limits itself.");
                }

                foreach ((string key, HoconField field) in Leaves((HoconObject)part.Value, "").Where(leaf => !IsAmong(OfStages, leaf.Key)))
                {
                    problems.Add(
                        ProblemCodes.Unknown, field.KeyPlace, $"{key} can't be set for stage {part.Name} alone: it is its subgraph's",
                        $"Set it for the subgraph, {plan.Subgraphs.First(subgraph => subgraph.Stages.Any(stage => stage.Node.Name == part.Name)).Name}, or for the pipeline.");
                }
            }
        }
    }

    /// <summary>Whether a setting of stages concerns none of this kind.</summary>
    private static bool HasNoUse(string key, StageNode node) =>
        (key.StartsWith("source.", StringComparison.Ordinal) && node is not SourceNode)
        || (key.StartsWith("staged.", StringComparison.Ordinal) && node is not SinkNode { Sink: IStagedSink { Limits: null } });

    private static bool IsAmong(string[] keys, string key) =>
        keys.Any(known => known == key || (known[^1] == '.' && key.StartsWith(known, StringComparison.Ordinal)));

    private static IEnumerable<(string Key, HoconField Field)> Leaves(HoconObject block, string prefix) => block.SelectMany(field =>
        field.Value is HoconObject inner ? Leaves(inner, $"{prefix}{field.Name}.") : [($"{prefix}{field.Name}", field)]);

    private void CheckBlock(string path, HoconObject block)
    {
        foreach (HoconField field in block)
        {
            string full = $"{path}.{field.Name}";
            if (full == $"{Root}.pipelines") CheckPipelines(field);
            else if (full == ClusterSettings.Path || catalog.Knows(full)) continue;
            else if (!catalog.IsSection(full)) Unknown(field, full, catalog.Definitions.Keys.Append(ClusterSettings.Path));
            else if (field.Value is HoconObject inner) CheckBlock(full, inner);
            else NoValue(field, full, full);
        }
    }

    /// <summary>Finds settings whose path begins below the engine's block, where they would change nothing.</summary>
    private void CheckPlace(HoconField field, HoconObject block)
    {
        string? meant = field.Name == "pipelines" && block.Any(pipeline => pipeline.Value is HoconObject inner && IsWithoutCode(inner))
            ? field.Name
            : Leaves(block, $"{field.Name}.").Select(leaf => leaf.Key).FirstOrDefault(key => catalog.Knows($"{Root}.{key}"));
        if (meant is null) return;
        problems.Add(
            ProblemCodes.Unknown, field.KeyPlace, $"there is no setting {meant}; did you mean {Root}.{meant}?", $"Settings of the engine lie in {Root} {{ ... }}; elsewhere they change nothing.");
    }

    private void CheckPipelines(HoconField pipelines)
    {
        if (pipelines.Value is not HoconObject all)
        {
            problems.Add(ProblemCodes.WrongForm, pipelines.Value.Place, $"{Root}.pipelines holds a block for each pipeline, and no value", $"Write {Root}.pipelines.NAME {{ ... }}.");
            return;
        }

        foreach (HoconField pipeline in all)
        {
            string full = $"{Root}.pipelines.{pipeline.Name}";
            if (!NameRule.IsValid(pipeline.Name))
            {
                problems.Add(
                    ProblemCodes.NoSuchPart, pipeline.KeyPlace, $"'{pipeline.Name}' can't name a pipeline",
                    $"Use letters, digits, - and _, a letter or digit first, at most {NameRule.LengthMax} of them.");
            }
            else if (pipeline.Value is HoconObject block) CheckPipeline(full, "", block, mayHaveParts: true);
            else problems.Add(ProblemCodes.WrongForm, pipeline.Value.Place, $"{full} has settings of its own and no value", $"Write {full} {{ ... }}.");
        }
    }

    private void CheckPipeline(string own, string prefix, HoconObject block, bool mayHaveParts)
    {
        bool isWithoutCode = prefix.Length == 0 && IsWithoutCode(block);
        foreach (HoconField field in block)
        {
            string key = prefix + field.Name;
            string known = $"{OfPipeline}.{key}";
            if (catalog.Knows(known)) continue;

            // What a pipeline consists of is checked by those who make it; its source's own settings are read here too.
            if (isWithoutCode && Components.Contains(field.Name)) continue;
            if (catalog.IsSection(known))
            {
                if (field.Value is HoconObject inner) CheckPipeline(own, $"{key}.", inner, mayHaveParts);
                else NoValue(field, $"{own}.{key}", known);
            }
            else if (prefix.Length == 0 && IsMisspeltComponent(field)) Unknown(field with { Value = HoconObject.Empty }, $"{own}.{key}", Components.Select(name => $"{own}.{name}"));
            else if (mayHaveParts && prefix.Length == 0 && field.Value is HoconObject part) CheckPart(own, field, part);
            else Unknown(field, $"{own}.{key}", KeysOf(own).Concat(Components.Where(_ => prefix.Length == 0).Select(name => $"{own}.{name}")));
        }
    }

    private void CheckPart(string own, HoconField block, HoconObject part)
    {
        string name = block.Name;
        if (IsWithoutCode(part))
        {
            problems.Add(
                ProblemCodes.NoSuchPart, block.KeyPlace, $"{own}.{name} has what a pipeline consists of, and is a block in pipeline {own[(own.LastIndexOf('.') + 1)..]}",
                $"A pipeline's name has no dot: write {own}-{name} {{ ... }}.");
            return;
        }

        foreach ((string key, HoconField field) in Leaves(part, ""))
        {
            if (catalog.Knows($"{OfPipeline}.{key}"))
            {
                if (IsAmong(OfSubgraphs, key)) continue;
                problems.Add(ProblemCodes.Unknown, field.KeyPlace, $"{key} can't be set for {name} alone: it is the pipeline's", $"Set {own}.{key}.");
                continue;
            }

            IEnumerable<string> candidates = KeysOf(own).Concat(KeysOf("").Where(known => IsAmong(OfSubgraphs, known[1..])).Select(known => $"{own}.{name}{known}"));
            Unknown(field, $"{own}.{name}.{key}", candidates);
        }
    }

    /// <summary>The keys of a pipeline's settings, below its block.</summary>
    private IEnumerable<string> KeysOf(string own) =>
        catalog.Definitions.Keys.Where(known => known.StartsWith(OfPipeline + '.', StringComparison.Ordinal)).Select(known => own + known[OfPipeline.Length..]);

    private void Unknown(HoconField field, string full, IEnumerable<string> known)
    {
        // A block with one setting in it, as a path makes it, is called by that; any other by its own name.
        while (field.Value is HoconObject { Count: 1 } block)
        {
            HoconField inner = block.First();
            full += $".{inner.Name}";
            field = inner with { KeyPlace = field.KeyPlace };
        }

        string[] all = [.. known];
        string? nearest = NearestKey.To(full, all.SelectMany(WithBlocks).Distinct().Where(key => !full.StartsWith($"{key}.", StringComparison.Ordinal))) ?? Deeper(full, all) ?? Within(full);
        string near = nearest is null ? "" : $"; did you mean {nearest}?";
        problems.Add(new Problem(ProblemCodes.Unknown, field.KeyPlace, $"there is no setting {full}{near}", "config reference lists every setting; a misspelt one would change nothing.")
        {
            HidesLine = nearest is not null && catalog.Definitions.TryGetValue(nearest, out OptionDefinition? meant) && meant.IsSecret,
        });
    }

    /// <summary>The only setting of the same name in a block of the same block; null when there is none, or more than one.</summary>
    private static string? Deeper(string full, string[] known)
    {
        int last = full.LastIndexOf('.');
        if (last < 0) return null;
        string[] same = [.. known.Where(key => key.StartsWith(full[..(last + 1)], StringComparison.Ordinal) && key.EndsWith(full[last..], StringComparison.Ordinal))];
        return same.Length == 1 ? same[0] : null;
    }

    /// <summary>The same name in the block beside it that takes names of somebody else's; null when there is no such block.</summary>
    private string? Within(string full) =>
        catalog.Definitions.Where(known => known.Value.Type == OptionType.Map && full.StartsWith(known.Key[..(known.Key.LastIndexOf('.') + 1)], StringComparison.Ordinal))
            .Select(known => known.Key + full[known.Key.LastIndexOf('.')..]).FirstOrDefault();

    /// <summary>A key and the blocks it lies in.</summary>
    private static IEnumerable<string> WithBlocks(string key)
    {
        yield return key;
        for (int dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1)) yield return key[..dot];
    }

    private void NoValue(HoconField field, string full, string section)
    {
        IEnumerable<string> inner = catalog.Definitions.Keys.Where(known => known.StartsWith(section + '.', StringComparison.Ordinal)).Select(known => full + known[section.Length..]);
        problems.Add(ProblemCodes.WrongForm, field.Value.Place, $"{full} has settings of its own and no value", $"There are {string.Join(", ", inner)}.");
    }
}
