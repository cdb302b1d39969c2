using StreamEngine.Records;

namespace StreamEngine.Tasks;

/// <summary>
/// The elements between two stages of a graph: one has pushed them, the next hasn't grabbed them yet. When the next one stops in that very moment the
/// graph drops such an element without a word; this is how its memory finds back. There are as many at the most as the graph has edges.
/// </summary>
internal sealed class Handover
{
    private readonly Lock gate = new();
    private readonly List<Element> between = [];

    /// <summary>A stage pushes an element.</summary>
    public Element Given(Element element)
    {
        lock (gate) between.Add(element);
        return element;
    }

    /// <summary>The next stage has grabbed it, and its hold.</summary>
    public Element Taken(Element element)
    {
        lock (gate) between.Remove(element);
        return element;
    }

    /// <summary>The graph has stopped: what is left was dropped.</summary>
    public void Release()
    {
        lock (gate)
        {
            foreach (Element element in between) element.Release();
            between.Clear();
        }
    }
}
