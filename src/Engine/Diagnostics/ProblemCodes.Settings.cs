namespace StreamEngine.Diagnostics;

/// <content>Settings, and options of connectors and transforms.</content>
internal static partial class ProblemCodes
{
    /// <summary>
    /// A name that nothing reads: a setting, an option, or a block. A misspelt one would change nothing, so it is refused. The nearest name that exists is
    /// named; <c>config reference</c> and <c>connectors describe</c> list all of them.
    /// </summary>
    public const string Unknown = "SE1101";

    /// <summary>A value of the wrong type: a text where a number is wanted, a duration without its unit. Write it as the text says.</summary>
    public const string WrongType = "SE1102";

    /// <summary>A number, a duration or a size that is too small or too large. The text says from where to where it may be.</summary>
    public const string OutOfRange = "SE1103";

    /// <summary>A word that is none of those to choose from. The text lists them.</summary>
    public const string NoChoice = "SE1104";

    /// <summary>A setting or an option that must be given isn't. Give it, or leave the whole block out.</summary>
    public const string Missing = "SE1105";

    /// <summary>Two settings that can't both be as they are. The text names both; change one.</summary>
    public const string Conflict = "SE1106";

    /// <summary>A setting or an option that still works and will go. Use what the text names; nothing else changes.</summary>
    public const string Deprecated = "SE1107";

    /// <summary>
    /// A key of a pass-through block (<c>akka</c>, <c>log.kafka.client</c>, <c>clusters.NAME.client</c>) that isn't passed on: it could run code, read files, reach hosts, or undo what the
    /// engine relies on. Leave it out; the text says what there is instead, if anything.
    /// </summary>
    public const string NotPassedOn = "SE1108";

    /// <summary>A value where a block of settings belongs, or a block where a value does.</summary>
    public const string WrongForm = "SE1109";

    /// <summary>A block for a pipeline, a subgraph or a stage that doesn't exist. Names are those that <c>plan</c> shows.</summary>
    public const string NoSuchPart = "SE1110";

    /// <summary>A secret that can't be had: its environment variable isn't set, or its file can't be read.</summary>
    public const string NoSecret = "SE1111";

    /// <summary>A file or a folder that a setting names isn't there. Relative paths count from the folder of the file they are written in.</summary>
    public const string NoFile = "SE1112";
}
