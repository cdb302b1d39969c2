namespace StreamEngine.Tasks;

/// <summary>What happens to a record that fails at a stage.</summary>
/// <param name="Tolerates">Whether it becomes a dead letter; if not, the task fails.</param>
/// <param name="Retries">How often it is tried again before that.</param>
/// <param name="Delay">How long the first wait is; each that follows is twice as long.</param>
/// <param name="DelayMax">The longest wait.</param>
internal sealed record ErrorPolicy(bool Tolerates, int Retries, TimeSpan Delay, TimeSpan DelayMax)
{
    /// <summary>The first error fails the task.</summary>
    public static ErrorPolicy Fail { get; } = new(false, 0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>How long to wait before an attempt that follows this one.</summary>
    public TimeSpan DelayAfter(int attempt)
    {
        double factor = Math.Pow(2, Math.Min(attempt - 1, 30));
        return Delay * factor < DelayMax ? Delay * factor : DelayMax;
    }
}
