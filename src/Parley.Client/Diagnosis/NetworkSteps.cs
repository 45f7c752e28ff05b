using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Parley.Client.Diagnosis;

/// <summary>
/// The steps up to a secure connection, one by one, because an HTTP handler that does all of them only reports that it failed.
/// </summary>
internal sealed class NetworkSteps(LiveClient client)
{
    private readonly Uri _address = client.Core.Endpoints.Rest("models", null);
    private IPAddress[] _addresses = [];

    internal async Task<DiagnosisStep> DnsAsync(CancellationToken cancellationToken)
    {
        if (SkipReason() is { } reason)
            return new DiagnosisStep(DiagnosisStepKind.Dns, DiagnosisOutcome.Skipped, reason);
        try
        {
            _addresses = await Dns.GetHostAddressesAsync(_address.DnsSafeHost, cancellationToken).WaitAsync(
                client.Core.Options.SetupTimeout, client.Core.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return Passed(DiagnosisStepKind.Dns, $"{_address.DnsSafeHost} resolves to {string.Join(", ", _addresses.AsEnumerable().Take(3))}");
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return Failed(DiagnosisStepKind.Dns, $"{_address.DnsSafeHost} does not resolve: {e.Message}", "Check the host name, and that this machine can resolve names.");
        }
    }

    internal async Task<DiagnosisStep> TcpAsync(CancellationToken cancellationToken)
    {
        if (SkipReason() is { } reason)
            return new DiagnosisStep(DiagnosisStepKind.Tcp, DiagnosisOutcome.Skipped, reason);
        var target = $"{_address.DnsSafeHost}:{_address.Port}";
        try
        {
            using var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            return Passed(DiagnosisStepKind.Tcp, $"{target} is open");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return Failed(DiagnosisStepKind.Tcp, $"nothing listens on {target}", "Start the server, or check host and port.");
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return Failed(DiagnosisStepKind.Tcp, $"{target} cannot be reached: {e.Message}", "Check the port, and whether a firewall blocks it.");
        }
    }

    internal async Task<DiagnosisStep> TlsAsync(CancellationToken cancellationToken)
    {
        if (SkipReason() is { } reason)
            return new DiagnosisStep(DiagnosisStepKind.Tls, DiagnosisOutcome.Skipped, reason);
        if (_address.Scheme != Uri.UriSchemeHttps)
            return new DiagnosisStep(DiagnosisStepKind.Tls, DiagnosisOutcome.Skipped, "the address uses no TLS");
        var certificateErrors = SslPolicyErrors.None;
        try
        {
            using var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            using var stream = new NetworkStream(socket);
            using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = _address.DnsSafeHost,
                RemoteCertificateValidationCallback = (_, _, _, errors) => (certificateErrors = errors) == SslPolicyErrors.None,
            };
            await tls.AuthenticateAsClientAsync(options, cancellationToken).WaitAsync(
                client.Core.Options.SetupTimeout, client.Core.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return Passed(DiagnosisStepKind.Tls, $"{tls.SslProtocol}, certificate of {tls.RemoteCertificate?.Subject}, valid until {tls.RemoteCertificate?.GetExpirationDateString()}");
        }
        catch (AuthenticationException) when (certificateErrors != SslPolicyErrors.None)
        {
            return Failed(DiagnosisStepKind.Tls, $"the certificate is not trusted: {Explain(certificateErrors)}", "Check this machine's clock and the host name, or install the issuer's certificate.");
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or TimeoutException)
        {
            return Failed(DiagnosisStepKind.Tls, $"there is no TLS on port {_address.Port}: {e.Message}", "If the server uses no TLS, use http://; otherwise check the port.");
        }
    }

    private static string Explain(SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "it was issued for another name"
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "the server sent none"
        : "its issuer is not trusted by this machine, or it has expired";

    /// <summary>Why the network steps do not apply, or null.</summary>
    private string? SkipReason()
    {
        if (client.Core.Options.Invoker is not null)
            return "the application's own HTTP handler makes the connections";
        var proxy = HttpClient.DefaultProxy.IsBypassed(_address) ? null : HttpClient.DefaultProxy.GetProxy(_address);
        return proxy is null ? null : $"connections go through the proxy {proxy.Host}:{proxy.Port}";
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_addresses, _address.Port, cancellationToken).AsTask().WaitAsync(
                client.Core.Options.SetupTimeout, client.Core.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static DiagnosisStep Passed(DiagnosisStepKind kind, string detail) => new(kind, DiagnosisOutcome.Passed, detail);

    private static DiagnosisStep Failed(DiagnosisStepKind kind, string detail, string hint) =>
        new(kind, DiagnosisOutcome.Failed, detail) { Hint = hint, Cause = EndCause.Network };
}
