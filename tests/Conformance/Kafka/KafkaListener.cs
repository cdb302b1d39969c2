namespace StreamEngine.Conformance.Kafka;

/// <summary>A listener of one broker.</summary>
/// <param name="Name">Its name in server.properties, in capitals.</param>
/// <param name="Port">Where it listens, on 127.0.0.1.</param>
/// <param name="AdvertisedPort">The port that clients are told to connect to: its own, or that of a proxy in front of it.</param>
/// <param name="Protocol">PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.</param>
/// <param name="Host">The host that clients are told to connect to.</param>
internal sealed record KafkaListener(string Name, int Port, int AdvertisedPort, string Protocol = "PLAINTEXT", string Host = "127.0.0.1");
