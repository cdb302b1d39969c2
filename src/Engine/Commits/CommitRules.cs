namespace StreamEngine.Commits;

/// <summary>
/// The rules of the protocol, each of which loses, doubles or hangs something when it is left out. The engine keeps all of them; only
/// tests leave one out, to show that its absence is found.
/// </summary>
[Flags]
internal enum CommitRules
{
    None = 0,

    /// <summary>A start raises the guard of every database of the plan before and of its own before it runs.</summary>
    FenceDatabases = 1 << 0,

    /// <summary>What is sealed is listed after the claim, when no older start can seal any more.</summary>
    ListAfterClaim = 1 << 1,

    /// <summary>A start publishes what is sealed and not published, whatever task sealed it.</summary>
    FinishSealed = 1 << 2,

    /// <summary>A reset that was interrupted is finished by the start that follows.</summary>
    FinishReset = 1 << 3,

    /// <summary>A task claims its partitions before it reads their positions.</summary>
    ClaimBeforeRead = 1 << 4,

    /// <summary>Positions are committed in the act that commits the output.</summary>
    PositionsWithOutput = 1 << 5,

    /// <summary>Staged output is durable before the log holds it as sealed.</summary>
    SyncBeforeSeal = 1 << 6,

    /// <summary>Staged output is published after the log holds it as sealed.</summary>
    SealBeforePublish = 1 << 7,

    /// <summary>A task that doesn't know what became of its commit is begun anew, and reads.</summary>
    ReadAfterUnknown = 1 << 8,

    /// <summary>The log refuses commits and claims of a start that isn't the pipeline's.</summary>
    CheckStart = 1 << 9,

    /// <summary>The log refuses commits of an attempt that another has followed.</summary>
    CheckAttempt = 1 << 10,

    /// <summary>The log refuses an epoch that doesn't continue the last.</summary>
    CheckEpoch = 1 << 11,

    /// <summary>A database refuses commits below its guard's generation.</summary>
    CheckGuard = 1 << 12,

    /// <summary>A guard is never lowered.</summary>
    GuardOnlyRises = 1 << 13,

    /// <summary>Who raises a guard ends the session that holds it.</summary>
    EndHolder = 1 << 14,

    /// <summary>A database moves a position only from the epoch and attempt that the task knows.</summary>
    CompareRows = 1 << 15,

    /// <summary>Final names carry the start, so that two starts never mean the same file.</summary>
    NamesCarryStart = 1 << 16,

    /// <summary>Publishing takes a staged file that is gone for one that was published.</summary>
    GoneMeansPublished = 1 << 17,

    /// <summary>What older starts and attempts staged is discarded only after what they sealed is published.</summary>
    PublishBeforeDiscard = 1 << 18,

    /// <summary>A start discards only what was staged under older generations.</summary>
    DiscardOnlyOlder = 1 << 19,

    /// <summary>In a log that several processes write: the record is compared with what the start has seen after the start has claimed the right to write it.</summary>
    CompareAfterClaim = 1 << 20,

    /// <summary>A start whose record wasn't written begins again if the record is still the one it has read, or its own process's.</summary>
    UnchangedBeginsAgain = 1 << 21,

    /// <summary>A start fences the tasks of all starts before it runs.</summary>
    FenceTasks = 1 << 22,

    /// <summary>It fences as many slots as any of those starts may have used, not only as many as it uses itself.</summary>
    FenceAllSlots = 1 << 23,

    /// <summary>Slots of a start that was claimed and never wholly fenced stay to be fenced.</summary>
    KeepFence = 1 << 24,

    /// <summary>A start writes its record once more before tasks run, so that it is over if another came in between.</summary>
    ProveAtEnd = 1 << 25,

    /// <summary>A task checks that its start holds the pipeline, behind its claim.</summary>
    CheckStartAfterClaim = 1 << 26,

    /// <summary>Positions are read to the end of what is written, open transactions included; not to where a committed reader takes the end to be.</summary>
    ReadToTheEnd = 1 << 27,

    /// <summary>A producer whose commit was repeated, or whose commit is unknown, commits nothing more.</summary>
    NewProducerAfterRepeat = 1 << 28,

    /// <summary>The record lies in a partition of its own, apart from what tasks write.</summary>
    RecordApart = 1 << 29,

    /// <summary>All of them.</summary>
    All = (1 << 30) - 1,
}
