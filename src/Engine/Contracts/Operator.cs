using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>
/// An operator that calls a function of the user for each record. The call is apart from the handing on, so that an error of the function
/// concerns this stage and this record, and nothing that was handed on happens twice when it is tried again.
/// </summary>
/// <typeparam name="TKey">The type of the keys it takes.</typeparam>
/// <typeparam name="TValue">The type of the values it takes.</typeparam>
public abstract class Operator<TKey, TValue>(IStageContext context) : Receiver<TKey, TValue>
{
    /// <summary>What the stage may use.</summary>
    protected IStageContext Context { get; } = context;

    /// <inheritdoc/>
    public sealed override void Receive(ref Record<TKey, TValue> record)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (!Call(ref record)) return;
                break;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                if (!Context.OnError(ref record, e, attempt)) return;
            }
        }

        Emit(ref record);
    }

    /// <summary>Calls the user's function and remembers what it returned; nothing else that could be seen from outside.</summary>
    /// <returns>Whether there is something to hand on.</returns>
    protected abstract bool Call(ref Record<TKey, TValue> record);

    /// <summary>Hands on what <see cref="Call"/> has remembered.</summary>
    protected abstract void Emit(ref Record<TKey, TValue> record);
}

/// <summary>An operator with one link behind it.</summary>
/// <typeparam name="TKey">The type of the keys it takes.</typeparam>
/// <typeparam name="TValue">The type of the values it takes.</typeparam>
/// <typeparam name="TNextKey">The type of the keys it hands on.</typeparam>
/// <typeparam name="TNextValue">The type of the values it hands on.</typeparam>
public abstract class Operator<TKey, TValue, TNextKey, TNextValue>(IStageContext context, Receiver<TNextKey, TNextValue> next)
    : Operator<TKey, TValue>(context)
{
    /// <summary>The link behind this one.</summary>
    protected Receiver<TNextKey, TNextValue> Next { get; } = next;

    /// <inheritdoc/>
    public override void OnBarrier(Epoch epoch) => Next.OnBarrier(epoch);
}
