using StreamEngine.Contracts;
using StreamEngine.Records.Data;

namespace StreamEngine.Transforms;

/// <summary>Makes the operator of a transform that leaves keys as they are, whatever they are.</summary>
internal interface IOperatorMaker
{
    /// <summary>Makes it, once for each task and attempt.</summary>
    Receiver<TKey, DataObject> Create<TKey>(IStageContext context, Receiver<TKey, DataObject> next);
}
