using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Parley.Server.Storage;

namespace Parley.Testing.Emulator;

/// <summary>
/// TLS of an emulator: a certificate for loopback of a CA of its own, both made at the start. The key of the CA is gone once it has signed, that of the
/// certificate stays in memory; the CA is a file in a private folder until <see cref="Dispose"/>.
/// </summary>
internal sealed class EmulatorTls : IDisposable
{
    /// <summary>Longer than any test run; a client that would trust a forgotten file does not for long.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Clocks of clients may be late.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly X509Certificate2 _certificate;
    private readonly SslServerAuthenticationOptions _options;

    /// <exception cref="IOException">The file of the CA cannot be written.</exception>
    internal EmulatorTls()
    {
        var from = TimeProvider.System.GetUtcNow() - Skew;
        using var authority = Authority(from);
        _certificate = Leaf(authority, from);
        _options = new SslServerAuthenticationOptions
        {
            // Without the context the chain is built for each connection, and looked for in the network.
            ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        _folder = Directory.CreateTempSubdirectory("parley-tls-").FullName;
        CaFile = Path.Combine(_folder, "ca.pem");
        try
        {
            using var file = PrivateFiles.Open(CaFile, FileMode.CreateNew);
            file.Write(Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The certificate of the CA as PEM.</summary>
    internal string CaFile { get; }

    /// <summary>Answers the handshake of a client.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The client refused the certificate, or has nothing in common.</exception>
    internal async Task<Stream> AcceptAsync(Stream stream, CancellationToken cancellationToken)
    {
        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await encrypted.AuthenticateAsServerAsync(_options, cancellationToken).ConfigureAwait(false);
            return encrypted;
        }
        catch
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Dispose()
    {
        _certificate.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cleaner of temporary files was first, or a program on Windows still reads it.
        }
    }

    // With everything that strict verification (Python 3.13) asks for.
    private static X509Certificate2 Authority(DateTimeOffset from)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // A name of its own: several emulators may be in one bundle.
        var request = new CertificateRequest($"CN=Parley emulator {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(from, from + Skew + Lifetime);
    }

    private static X509Certificate2 Leaf(X509Certificate2 authority, DateTimeOffset from)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        // The purpose of a server.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var signed = request.Create(authority, from, from + Skew + Lifetime, RandomNumberGenerator.GetBytes(16));
        var certificate = signed.CopyWithPrivateKey(key);
        if (!OperatingSystem.IsWindows())
            return certificate;
        // SChannel takes no key that is in memory only; this one is deleted with its certificate.
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
