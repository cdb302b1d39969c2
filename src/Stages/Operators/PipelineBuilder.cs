using System.Runtime.CompilerServices;
using StreamEngine.Contracts;
using StreamEngine.Records;

namespace StreamEngine.Operators;

/// <summary>
/// Defines a pipeline: streams begin with <c>From</c>, go on with verbs, and end with <c>To</c>. Every stage labels itself with the source text it was
/// written as, which plans, logs, errors and dead letters show. Used by one thread.
/// </summary>
public sealed class PipelineBuilder
{
    private readonly List<StageNode> stages = [];
    private readonly HashSet<string> names = [];
    private readonly Dictionary<string, string> settings = [];
    private Guarantee? guarantee;

    /// <summary>Begins a pipeline.</summary>
    /// <param name="name">Its name: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="serdes">How types become bytes; its own when null.</param>
    public PipelineBuilder(string name, SerdeRegistry? serdes = null)
    {
        Name = new PipelineName(name);
        Serdes = serdes ?? new SerdeRegistry();
    }

    /// <summary>The pipeline's name.</summary>
    public PipelineName Name { get; }

    /// <summary>How types become bytes.</summary>
    public SerdeRegistry Serdes { get; }

    /// <summary>What the pipeline promises; what it is set to elsewhere wins.</summary>
    public PipelineBuilder Promise(Guarantee promised)
    {
        guarantee = promised;
        return this;
    }

    /// <summary>A setting of the pipeline, by its key below <c>stream-engine.pipeline</c> in hocon/reference.conf; what a file says wins.</summary>
    public PipelineBuilder Set(string key, string value)
    {
        settings[key] = value;
        return this;
    }

    /// <summary>Reads a source.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="name">The stage's name, which its positions are kept under; made from what is read when null.</param>
    /// <param name="text">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public Stream<TKey, TValue> From<TKey, TValue>(
        SourceDefinition<TKey, TValue> source,
        string? name = null,
        [CallerArgumentExpression(nameof(source))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new Stream<TKey, TValue>(this, AddSource(source, name, text, file, line));
    }

    /// <summary>Reads a topic of the engine's log, whose keys are what it is partitioned by.</summary>
    /// <inheritdoc cref="From{TKey, TValue}(SourceDefinition{TKey, TValue}, string?, string, string, int)"/>
    public KeyedStream<TKey, TValue> From<TKey, TValue>(
        Topic<TKey, TValue> source,
        string? name = null,
        [CallerArgumentExpression(nameof(source))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new KeyedStream<TKey, TValue>(this, AddSource(source.AsSource(), name, text, file, line));
    }

    /// <summary>Reads a topic of the engine's log whose records have no keys.</summary>
    /// <inheritdoc cref="From{TKey, TValue}(SourceDefinition{TKey, TValue}, string?, string, string, int)"/>
    public Stream<NoKey, TValue> From<TValue>(
        Topic<NoKey, TValue> source,
        string? name = null,
        [CallerArgumentExpression(nameof(source))] string text = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new Stream<NoKey, TValue>(this, AddSource(source.AsSource(), name, text, file, line));
    }

    /// <summary>The pipeline as it is defined so far.</summary>
    /// <param name="folder">The folder that relative paths of sources count from.</param>
    public PipelineDefinition Build(string folder)
    {
        Dictionary<string, string> all = new(settings);
        if (guarantee is { } promised)
        {
            all.TryAdd("guarantee", promised switch
            {
                Guarantee.AtMostOnce => "at-most-once",
                Guarantee.AtLeastOnce => "at-least-once",
                _ => "exactly-once",
            });
        }

        return new PipelineDefinition(Name, [.. stages]) { Folder = folder, Settings = all };
    }

    /// <summary>Adds a stage.</summary>
    internal TNode Add<TNode>(TNode node)
        where TNode : StageNode
    {
        stages.Add(node);
        return node;
    }

    /// <summary>A name for a stage: the one given, or one made of what it is, numbered where there are several.</summary>
    internal string NameFor(string? given, string made)
    {
        if (given is not null)
        {
            NameRule.Check(given, "a stage");
            if (!names.Add(given)) throw new ArgumentException($"pipeline {Name} has a stage {given} already: give each stage a name of its own");
            return given;
        }

        string name = made;
        for (int n = 2; !names.Add(name); n++) name = $"{made}-{n}";
        return name;
    }

    private SourceNode AddSource<TKey, TValue>(SourceDefinition<TKey, TValue> source, string? name, string text, string file, int line)
    {
        var shape = new StreamShape<TKey, TValue>(source.KeySerde ?? Serdes.For<TKey>(), source.ValueSerde ?? Serdes.For<TValue>());
        return Add(new SourceNode(NameFor(name, Slugs.Checked(source.Slug, source.Connector)), new SourceLabel($"From({text})", file, line), source, shape));
    }
}

/// <summary>Makes names of what users wrote.</summary>
internal static class Slugs
{
    /// <summary>A slug, or what to take when it is none.</summary>
    public static string Checked(string slug, string otherwise) => NameRule.IsValid(slug) ? slug : otherwise;

    /// <summary>A few characters that tell one source text from another, the same as long as the text is.</summary>
    public static string Hash(string text)
    {
        string squeezed = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        uint hash = 2166136261;
        foreach (char c in squeezed) hash = (hash ^ c) * 16777619;
        return hash.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
