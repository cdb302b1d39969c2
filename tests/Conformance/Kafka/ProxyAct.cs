namespace StreamEngine.Conformance.Kafka;

/// <summary>What a proxy does to a request, or to its reply.</summary>
public enum ProxyAct
{
    /// <summary>The connection is cut and the broker never hears of the request.</summary>
    CutRequest,

    /// <summary>The broker gets the request, and all behind it on its connection, later: also when the client has hung up meanwhile.</summary>
    DelayRequest,

    /// <summary>The broker has applied the request; its reply is dropped and the connection is cut.</summary>
    LoseReply,

    /// <summary>The client gets the reply, and all behind it on its connection, later.</summary>
    DelayReply,
}
