namespace StreamEngine.Hosting.Loading;

/// <summary>Takes what programs define while a host loads them, in place of their running it.</summary>
internal sealed class PipelineCollector
{
    private static readonly AsyncLocal<PipelineCollector?> InUse = new();

    private readonly List<Action<StreamAppBuilder>> definitions = [];

    /// <summary>The collector of the load under way; null when the program runs by itself.</summary>
    public static PipelineCollector? Current => InUse.Value;

    /// <summary>What was handed over.</summary>
    public IReadOnlyList<Action<StreamAppBuilder>> Definitions => definitions;

    public void Add(Action<StreamAppBuilder> define) => definitions.Add(define);

    /// <summary>Runs a program's entry point so that it hands its pipelines over.</summary>
    public static PipelineCollector During(Action entry)
    {
        var collector = new PipelineCollector();
        InUse.Value = collector;
        try
        {
            entry();
        }
        finally
        {
            InUse.Value = null;
        }

        return collector;
    }
}
