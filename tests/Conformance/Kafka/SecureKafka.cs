using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamEngine.Conformance.Kafka;

/// <summary>
/// A broker with a listener for each <see cref="SecureListener"/>, two users who are known by every mechanism (<see cref="User"/> and
/// <see cref="OtherUser"/>), and an authorizer that lets them do nothing until it is told to. The plain listener of its <see cref="Servers"/> is
/// for the tests: whoever comes in there may do everything.
/// </summary>
public sealed class SecureKafka
{
    public const string User = "alice", OtherUser = "bob";

    /// <summary>The password that a client's key file is encrypted with which asks for one.</summary>
    public const string KeyPassword = "key-pass-4711";

    /// <summary>The kind of thing that a transactional id is, which librdkafka knows and its managed client has no name for.</summary>
    public const ResourceType TransactionalId = (ResourceType)5;

    private const string BrokerPassword = "broker-pass-4711";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly SecureListener[] Listeners = Enum.GetValues<SecureListener>();
    private static readonly Lazy<SecureKafka> SharedKafka = new(() => new SecureKafka());
    private readonly Dictionary<SecureListener, int> ports = Listeners.ToDictionary(listener => listener, _ => FreePorts.Take());

    private SecureKafka() => Servers = KafkaServers.StartWith(
        1,
        Configure,
        _ => [.. Listeners.Select(listener => new KafkaListener(NameOf(listener), ports[listener], ports[listener], ProtocolOf(listener)))],
        [.. from user in (string[])[User, OtherUser] from mechanism in (string[])["SCRAM-SHA-256", "SCRAM-SHA-512"] select $"{mechanism}=[name={user},password={PasswordOf(user)}]"]);

    /// <summary>The one of this process, gone with it; skips the test with the reason when there can be none. Tests use topics and groups of their own names.</summary>
    public static SecureKafka Shared
    {
        get
        {
            KafkaServers.SkipUnlessOwn();
            return SharedKafka.Value;
        }
    }

    /// <summary>The broker, by its plain listener.</summary>
    public KafkaServers Servers { get; }

    /// <summary>The certificate of the authority that has signed the broker's and the clients', in PEM.</summary>
    public string AuthorityFile { get; private set; } = "";

    /// <summary>The certificate of an authority that has signed nobody's.</summary>
    public string OtherAuthorityFile { get; private set; } = "";

    /// <summary>The certificate of <see cref="User"/>, and its key.</summary>
    public (string CertificateFile, string KeyFile) Client { get; private set; }

    /// <summary>The same user's again, with a key that <see cref="KeyPassword"/> opens.</summary>
    public (string CertificateFile, string KeyFile) LockedClient { get; private set; }

    /// <summary>The certificate of the same name that the other authority has signed, and its key.</summary>
    public (string CertificateFile, string KeyFile) Stranger { get; private set; }

    /// <summary>The address of a listener.</summary>
    public string Bootstrap(SecureListener listener) => $"127.0.0.1:{ports[listener]}";

    /// <summary>The password of a user who is there from the beginning.</summary>
    public static string PasswordOf(string user) => $"{user}-pass-4711";

    /// <summary>
    /// What librdkafka needs to come in as <see cref="User"/>: all but the address. A test changes what is to be wrong.
    /// </summary>
    /// <param name="listener">Where.</param>
    /// <param name="mechanism">PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, where a password is asked for.</param>
    public Dictionary<string, string> Settings(SecureListener listener, string mechanism = "SCRAM-SHA-512")
    {
        var settings = new Dictionary<string, string> { ["security.protocol"] = ProtocolOf(listener).ToLowerInvariant() };
        if (listener != SecureListener.Sasl) settings["ssl.ca.location"] = AuthorityFile;
        if (listener == SecureListener.MutualTls) (settings["ssl.certificate.location"], settings["ssl.key.location"]) = Client;
        if (IsSasl(listener)) (settings["sasl.mechanism"], settings["sasl.username"], settings["sasl.password"]) = (mechanism, User, PasswordOf(User));
        return settings;
    }

    /// <summary>Writes what Kafka's tools need to come in as <see cref="User"/> by <see cref="SecureListener.SaslTls"/>, for <see cref="KafkaTools"/>.</summary>
    /// <returns>The file, gone with the broker.</returns>
    public string WriteCommandConfig()
    {
        string file = Path.Combine(Servers.Folder, $"command-{Guid.NewGuid():N}.properties");
        File.WriteAllLines(file,
        [
            "security.protocol=SASL_SSL",
            "sasl.mechanism=SCRAM-SHA-512",
            $"sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"{User}\" password=\"{PasswordOf(User)}\";",
            "ssl.truststore.type=PEM",
            $"ssl.truststore.location={AuthorityFile}",
        ]);
        return file;
    }

    /// <summary>Lets a user do something, and waits until the broker knows of it.</summary>
    /// <param name="user">Who.</param>
    /// <param name="operation">What.</param>
    /// <param name="type">To what kind of thing.</param>
    /// <param name="prefix">To things whose names begin so; <c>kafka-cluster</c> is the cluster's whole name.</param>
    public void Allow(string user, AclOperation operation, ResourceType type, string prefix)
    {
        AclBinding binding = Binding(user, operation, type, prefix);
        Administer(admin => admin.CreateAclsAsync([binding]));
        AwaitBindings(binding, isThere: true);
    }

    /// <summary>Takes away again what was allowed, and waits until the broker knows of it.</summary>
    public void Forbid(string user, AclOperation operation, ResourceType type, string prefix)
    {
        AclBinding binding = Binding(user, operation, type, prefix);
        Administer(admin => admin.DeleteAclsAsync([binding.ToFilter()]));
        AwaitBindings(binding, isThere: false);
    }

    /// <summary>Gives a user a new password, or makes one, for SCRAM-SHA-512; the broker hears of it soon after.</summary>
    public void SetPassword(string user, string password) => Administer(admin => admin.AlterUserScramCredentialsAsync(
    [
        new UserScramCredentialUpsertion
        {
            User = user,
            Password = System.Text.Encoding.UTF8.GetBytes(password),
            ScramCredentialInfo = new ScramCredentialInfo { Mechanism = ScramMechanism.ScramSha512, Iterations = 4096 },
        },
    ]));

    private static bool IsSasl(SecureListener listener) => listener is SecureListener.Sasl or SecureListener.SaslTls;

    private static string NameOf(SecureListener listener) => listener.ToString().ToUpperInvariant();

    private static string ProtocolOf(SecureListener listener) => listener switch
    {
        SecureListener.Sasl => "SASL_PLAINTEXT",
        SecureListener.SaslTls => "SASL_SSL",
        _ => "SSL",
    };

    private static AclBinding Binding(string user, AclOperation operation, ResourceType type, string prefix) => new()
    {
        Pattern = new ResourcePattern { Type = type, Name = prefix, ResourcePatternType = type == ResourceType.Broker ? ResourcePatternType.Literal : ResourcePatternType.Prefixed },
        Entry = new AccessControlEntry { Principal = $"User:{user}", Host = "*", Operation = operation, PermissionType = AclPermissionType.Allow },
    };

    /// <summary>Makes the certificates in the servers' folder, and what the broker is told of them, of users and of rights.</summary>
    private Dictionary<string, string> Configure(string folder)
    {
        using var authority = new TestCertificates(folder, "authority");
        using var other = new TestCertificates(folder, "other-authority");
        (AuthorityFile, OtherAuthorityFile) = (authority.AuthorityFile, other.AuthorityFile);
        (Client, LockedClient) = (authority.Client(User, "client"), authority.Client(User, "locked-client", KeyPassword));
        Stranger = other.Client(User, "stranger");
        string broker = authority.Broker("broker", "localhost", BrokerPassword), elsewhere = authority.Broker("elsewhere", "elsewhere.example", BrokerPassword);
        var properties = new Dictionary<string, string>
        {
            ["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            ["super.users"] = "User:ANONYMOUS",
            ["ssl.principal.mapping.rules"] = "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
        };
        foreach (SecureListener listener in Listeners)
        {
            string prefix = $"listener.name.{NameOf(listener).ToLowerInvariant()}.";
            if (listener != SecureListener.Sasl)
            {
                properties[$"{prefix}ssl.keystore.type"] = "PKCS12";
                properties[$"{prefix}ssl.keystore.location"] = listener == SecureListener.OtherHost ? elsewhere : broker;
                properties[$"{prefix}ssl.keystore.password"] = BrokerPassword;
                properties[$"{prefix}ssl.key.password"] = BrokerPassword;
                properties[$"{prefix}ssl.truststore.type"] = "PEM";
                properties[$"{prefix}ssl.truststore.location"] = AuthorityFile;
                properties[$"{prefix}ssl.client.auth"] = listener == SecureListener.MutualTls ? "required" : "none";
            }

            if (IsSasl(listener))
            {
                const string Modules = "org.apache.kafka.common.security";
                properties[$"{prefix}sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512";
                properties[$"{prefix}plain.sasl.jaas.config"] =
                    $"{Modules}.plain.PlainLoginModule required user_{User}=\"{PasswordOf(User)}\" user_{OtherUser}=\"{PasswordOf(OtherUser)}\";";
                properties[$"{prefix}scram-sha-256.sasl.jaas.config"] = $"{Modules}.scram.ScramLoginModule required;";
                properties[$"{prefix}scram-sha-512.sasl.jaas.config"] = $"{Modules}.scram.ScramLoginModule required;";
            }
        }

        return properties;
    }

    /// <summary>Waits until the broker's authorizer has a binding, or has it no more.</summary>
    private void AwaitBindings(AclBinding binding, bool isThere)
    {
        DateTime end = DateTime.UtcNow + Deadline;
        while (Administer(admin => admin.DescribeAclsAsync(binding.ToFilter())).AclBindings.Count > 0 != isThere)
        {
            if (DateTime.UtcNow > end) throw new InvalidOperationException($"the broker has not heard of a right within {Deadline.TotalSeconds:0} s: {binding}");
        }
    }

    private void Administer(Func<IAdminClient, Task> act) => Administer(async admin =>
    {
        await act(admin);
        return 0;
    });

    private T Administer<T>(Func<IAdminClient, Task<T>> ask)
    {
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Servers.Bootstrap }).Build();
        return ask(admin).GetAwaiter().GetResult();
    }
}
