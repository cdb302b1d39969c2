using Akka.Actor;

namespace StreamEngine.Tasks;

/// <summary>Makes actors by a function, which costs nothing at the start, as an expression to be taken apart does.</summary>
internal static class ActorProps
{
    public static Props Of<TActor>(Func<TActor> create)
        where TActor : ActorBase => Props.CreateBy(new Producer<TActor>(create));

    private sealed class Producer<TActor>(Func<TActor> create) : IIndirectActorProducer
        where TActor : ActorBase
    {
        public Type ActorType => typeof(TActor);

        public ActorBase Produce() => create();

        public void Release(ActorBase actor)
        {
        }
    }
}
