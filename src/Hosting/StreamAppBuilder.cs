using StreamEngine.Contracts;
using StreamEngine.Operators;
using StreamEngine.Records;

namespace StreamEngine.Hosting;

/// <summary>Collects the pipelines of a program. Used by one thread.</summary>
public sealed class StreamAppBuilder
{
    private readonly List<PipelineBuilder> pipelines = [];

    internal StreamAppBuilder()
    {
    }

    /// <summary>Defines a pipeline.</summary>
    /// <param name="name">Its name, which its positions and states are kept under: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="define">Defines its graph.</param>
    /// <param name="serdes">How its types become bytes; the usual ones when null.</param>
    /// <exception cref="ArgumentException">The name is not allowed, or taken.</exception>
    public StreamAppBuilder Pipeline(string name, Action<PipelineBuilder> define, SerdeRegistry? serdes = null)
    {
        ArgumentNullException.ThrowIfNull(define);
        var pipeline = new PipelineBuilder(name, serdes);
        if (pipelines.Any(other => other.Name == pipeline.Name)) throw new ArgumentException($"there are two pipelines of the name {name}: give each a name of its own");
        define(pipeline);
        pipelines.Add(pipeline);
        return this;
    }

    internal IReadOnlyList<PipelineDefinition> Build(string folder) => [.. pipelines.Select(pipeline => pipeline.Build(folder))];
}
