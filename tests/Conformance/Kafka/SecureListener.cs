namespace StreamEngine.Conformance.Kafka;

/// <summary>The ways into a broker that asks who is there.</summary>
public enum SecureListener
{
    /// <summary>TLS; whoever comes in is ANONYMOUS, who may do everything.</summary>
    Tls,

    /// <summary>TLS, with a certificate of the client's that the broker's authority has signed; its name is the user.</summary>
    MutualTls,

    /// <summary>TLS, with a certificate of the broker's that is for another host.</summary>
    OtherHost,

    /// <summary>A user and a password, by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, without TLS.</summary>
    Sasl,

    /// <summary>A user and a password by the same mechanisms, over TLS.</summary>
    SaslTls,
}
