namespace StreamEngine.Diagnostics;

/// <content>What <c>check</c> finds in plans and connections.</content>
internal static partial class ProblemCodes
{
    /// <summary>The pipelines can't be loaded: they can't be built, or their definitions fail.</summary>
    public const string NotLoaded = "SE1300";

    /// <summary>A pipeline can't run as it is defined and set.</summary>
    public const string NotPlanned = "SE1301";

    /// <summary>A source isn't there, or can't be read.</summary>
    public const string SourceNotReached = "SE1302";

    /// <summary>A sink can't be reached, or doesn't take what is written.</summary>
    public const string SinkNotReached = "SE1303";

    /// <summary>The Kafka cluster that is the log doesn't answer, doesn't let this user in, or doesn't allow what is set.</summary>
    public const string LogNotReached = "SE1304";

    /// <summary>A warning: nobody named a keyed state, so an edit of the graph may lose it.</summary>
    public const string StateNameDerived = "SE1310";
}
