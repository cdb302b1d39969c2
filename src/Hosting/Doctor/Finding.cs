namespace StreamEngine.Hosting.Doctor;

/// <summary>How a machine is, in one respect.</summary>
internal enum Health
{
    /// <summary>Nothing to do.</summary>
    Ok,

    /// <summary>Something may go wrong, or some pipelines can't run.</summary>
    Warn,

    /// <summary>Pipelines can't run.</summary>
    Fail,
}

/// <summary>What was found in one respect.</summary>
/// <param name="Check">What was looked at, in a word or two; it stays as it is.</param>
/// <param name="Health">How it is.</param>
/// <param name="Text">What was found, in a line without a full stop.</param>
/// <param name="Remedy">What to do; null where there is nothing.</param>
internal sealed record Finding(string Check, Health Health, string Text, string? Remedy = null);
