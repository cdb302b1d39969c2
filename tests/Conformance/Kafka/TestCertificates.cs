using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamEngine.Conformance.Kafka;

/// <summary>An authority of a test's own, and certificates that it has signed, as files: PEM for clients, PKCS12 for brokers.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string folder;
    private readonly X509Certificate2 authority;

    /// <summary>Makes the authority.</summary>
    /// <param name="folder">Where the files are written; there may be several authorities in one.</param>
    /// <param name="name">The authority's name, and that of its file.</param>
    public TestCertificates(string folder, string name)
    {
        this.folder = folder;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        AuthorityFile = Write($"{name}.pem", authority.ExportCertificatePem());
    }

    /// <summary>The authority's own certificate, which clients and brokers trust, in PEM.</summary>
    public string AuthorityFile { get; }

    /// <summary>Makes a broker's certificate and key.</summary>
    /// <param name="name">Its name, and that of its file.</param>
    /// <param name="host">The host name that it is for; with <c>localhost</c>, 127.0.0.1 too.</param>
    /// <param name="password">The password of the file.</param>
    /// <returns>A file in PKCS12.</returns>
    public string Broker(string name, string host, string password)
    {
        (X509Certificate2 certificate, ECDsa key) = Sign(name, host);
        using (certificate)
        using (key)
        using (X509Certificate2 withKey = certificate.CopyWithPrivateKey(key))
        {
            string file = Path.Combine(folder, $"{name}.p12");
            File.WriteAllBytes(file, withKey.Export(X509ContentType.Pkcs12, password));
            return file;
        }
    }

    /// <summary>Makes a client's certificate and key.</summary>
    /// <param name="name">The user that it is for.</param>
    /// <param name="file">The name of its files.</param>
    /// <param name="password">What its key is encrypted with; plain if not given.</param>
    /// <returns>Files in PEM: the certificate, and its key.</returns>
    public (string CertificateFile, string KeyFile) Client(string name, string file, string? password = null)
    {
        (X509Certificate2 certificate, ECDsa key) = Sign(name, host: null);
        using (certificate)
        using (key)
        {
            string pem = password is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000));
            return (Write($"{file}.pem", certificate.ExportCertificatePem()), Write($"{file}.key", pem));
        }
    }

    public void Dispose() => authority.Dispose();

    private (X509Certificate2 Certificate, ECDsa Key) Sign(string name, string? host)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            if (host == "localhost") names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        return (request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(16)), key);
    }

    private string Write(string name, string content)
    {
        string file = Path.Combine(folder, name);
        File.WriteAllText(file, content);
        return file;
    }
}
