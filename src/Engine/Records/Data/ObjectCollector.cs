namespace StreamEngine.Records.Data;

/// <summary>
/// Collects the values of objects and lists that are being read, one inside the other, on a stack that is used again for record after record. Belongs to one
/// thread.
/// </summary>
internal sealed class ObjectCollector
{
    private DataValue[] stack = new DataValue[64];
    private int top;
    private int used;

    /// <summary>Where what is collected now begins.</summary>
    public int Top => top;

    /// <summary>Puts a value behind the others.</summary>
    public void Push(DataValue value)
    {
        if (top == stack.Length) Array.Resize(ref stack, stack.Length * 2);
        stack[top++] = value;
    }

    /// <summary>Puts a value at a place: behind the others, or instead of one of them.</summary>
    public void Put(int at, DataValue value)
    {
        if (at == top) Push(value);
        else stack[at] = value;
    }

    /// <summary>Takes everything from a place on.</summary>
    public DataValue[] Take(int from)
    {
        DataValue[] taken = stack.AsSpan(from, top - from).ToArray();
        used = Math.Max(used, top);
        top = from;
        return taken;
    }

    /// <summary>Lets go of what was collected, after a record or an error.</summary>
    public void Clear()
    {
        stack.AsSpan(0, Math.Max(used, top)).Clear();
        top = used = 0;
    }
}
