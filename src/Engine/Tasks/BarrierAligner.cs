using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>
/// Holds back the inputs of a merge that have delivered a barrier until the others have delivered it too, so that an epoch has the records
/// before the barrier of every input and none behind it. A plain class: no actor, no clock.
/// </summary>
internal sealed class BarrierAligner(int inputs)
{
    private readonly bool[] arrived = new bool[inputs];
    private int count;
    private Epoch epoch;

    /// <summary>Whether an input has delivered the barrier that others still owe.</summary>
    public bool IsHeld(int input) => arrived[input];

    /// <summary>An input has delivered a barrier.</summary>
    /// <returns>Whether it was the last: the barrier may go on, and no input is held any more.</returns>
    /// <exception cref="InvalidOperationException">The input was held, or its barrier is of another epoch than the others'.</exception>
    public bool Arrive(int input, Epoch barrier)
    {
        if (arrived[input]) throw new InvalidOperationException($"input {input} delivered barrier {barrier} while it was held at {epoch}");
        if (count > 0 && barrier != epoch) throw new InvalidOperationException($"input {input} delivered barrier {barrier}, others have delivered {epoch}");
        epoch = barrier;
        arrived[input] = true;
        if (++count < arrived.Length) return false;
        Array.Clear(arrived);
        count = 0;
        return true;
    }
}
