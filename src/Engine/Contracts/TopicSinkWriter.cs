using StreamEngine.Records;

namespace StreamEngine.Contracts;

/// <summary>Hands what a sink is given for a topic to the writer of that topic in the task's session.</summary>
/// <param name="writer">The writer, which is disposed of with this.</param>
/// <param name="topic">The topic.</param>
public sealed class TopicSinkWriter(ITopicWriter writer, TopicInfo topic) : ITopicSinkWriter
{
    /// <inheritdoc/>
    public TopicInfo Topic => topic;

    /// <inheritdoc/>
    public bool Routes => writer.Routes;

    /// <inheritdoc/>
    public bool Blocks => writer.Blocks;

    /// <inheritdoc/>
    public void Write(Element element)
    {
        if (element is UnroutedChunk unrouted) writer.Route(unrouted.Chunk, unrouted.Keyless);
        else writer.Write((Chunk)element);
    }

    /// <inheritdoc/>
    public SealedOutput? Seal(Epoch epoch) => writer.Seal();

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();
}
