namespace StreamEngine.Diagnostics;

/// <content>Pipelines without code.</content>
internal static partial class ProblemCodes
{
    /// <summary>A source or a sink of a connector that doesn't exist, or of none. <c>connectors list</c> shows those there are.</summary>
    public const string NoConnector = "SE1201";

    /// <summary>A transform that doesn't exist, or a block that names none. <c>connectors list</c> shows those there are.</summary>
    public const string NoTransform = "SE1202";

    /// <summary>A pipeline without a source: what is read isn't said.</summary>
    public const string NoSource = "SE1203";

    /// <summary>A pipeline without a sink: what it computes goes nowhere.</summary>
    public const string NoSink = "SE1204";

    /// <summary>A pipeline that has both forms of a block: <c>source</c> is the only one, <c>sources</c> are several under their names. The same goes for sinks.</summary>
    public const string BothForms = "SE1205";

    /// <summary>An option that is wrong in a way that its type doesn't tell: a path that leaves its folder, options that contradict each other, a column that isn't there.</summary>
    public const string BadOption = "SE1206";

    /// <summary>An expression or the path of a field that can't be read. The caret is below the place in it.</summary>
    public const string BadExpression = "SE1207";

    /// <summary>A transform that keeps something for each key, behind a stream whose records are not together by one. Put the transform <c>key</c> before it.</summary>
    public const string NeedsKey = "SE1208";

    /// <summary>Streams that can't flow together: the records of one have keys, and those of another none.</summary>
    public const string KeysDiffer = "SE1209";

    /// <summary>A route to a sink that doesn't exist, or a sink that no route leads to.</summary>
    public const string NoSuchRoute = "SE1210";

    /// <summary>A name of a stage that isn't allowed, or that another stage of the pipeline has. Positions and states are kept by it.</summary>
    public const string BadStageName = "SE1211";

    /// <summary>A file of pipelines that has none: <c>stream-engine.pipelines</c> is empty or missing.</summary>
    public const string NoPipeline = "SE1212";
}
