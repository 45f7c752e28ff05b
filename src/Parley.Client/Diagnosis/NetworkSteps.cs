using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Parley.Client.Diagnosis;

/// <summary>The steps up to a secure connection, each by hand, because a handler that does all of them says only that it failed.</summary>
internal sealed class NetworkSteps(LiveClient client)
{
    private readonly Uri _address = client.Endpoints.Rest("models", null);
    private IPAddress[] _addresses = [];

    internal async Task<DiagnosisStep> DnsAsync(CancellationToken cancellationToken)
    {
        if (Elsewhere() is { } reason)
            return new DiagnosisStep(DiagnosisStepKind.Dns, DiagnosisOutcome.Skipped, reason);
        try
        {
            _addresses = await Dns.GetHostAddressesAsync(_address.DnsSafeHost, cancellationToken).WaitAsync(
                client.Options.SetupTimeout, client.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return Passed(DiagnosisStepKind.Dns, $"{_address.DnsSafeHost} is {string.Join(", ", _addresses.AsEnumerable().Take(3))}");
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return Failed(DiagnosisStepKind.Dns, $"{_address.DnsSafeHost} has no address: {e.Message}", "Check the name of the host, and that this machine can resolve names.");
        }
    }

    internal async Task<DiagnosisStep> TcpAsync(CancellationToken cancellationToken)
    {
        if (Elsewhere() is { } reason)
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
            return Failed(DiagnosisStepKind.Tcp, $"{target} cannot be reached: {e.Message}", "Check the port, and that no firewall stands between.");
        }
    }

    internal async Task<DiagnosisStep> TlsAsync(CancellationToken cancellationToken)
    {
        if (Elsewhere() is { } reason)
            return new DiagnosisStep(DiagnosisStepKind.Tls, DiagnosisOutcome.Skipped, reason);
        if (_address.Scheme != Uri.UriSchemeHttps)
            return new DiagnosisStep(DiagnosisStepKind.Tls, DiagnosisOutcome.Skipped, "the address is not encrypted");
        var trouble = SslPolicyErrors.None;
        try
        {
            using var socket = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            using var stream = new NetworkStream(socket);
            using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = _address.DnsSafeHost,
                RemoteCertificateValidationCallback = (_, _, _, errors) => (trouble = errors) == SslPolicyErrors.None,
            };
            await tls.AuthenticateAsClientAsync(options, cancellationToken).WaitAsync(
                client.Options.SetupTimeout, client.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return Passed(DiagnosisStepKind.Tls, $"{tls.SslProtocol}, certificate of {tls.RemoteCertificate?.Subject}, valid until {tls.RemoteCertificate?.GetExpirationDateString()}");
        }
        catch (AuthenticationException) when (trouble != SslPolicyErrors.None)
        {
            return Failed(DiagnosisStepKind.Tls, $"the certificate is not trusted: {Explain(trouble)}", "Check the clock and the name, or install the issuer's certificate on this machine.");
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or TimeoutException)
        {
            return Failed(DiagnosisStepKind.Tls, $"there is no TLS on port {_address.Port}: {e.Message}", "Use http:// where the server is not encrypted, or another port.");
        }
    }

    private static string Explain(SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "it is for another name"
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "the server has none"
        : "nobody this machine trusts has issued it, or it has expired";

    /// <summary>Why connections are not made from here, or null.</summary>
    private string? Elsewhere()
    {
        if (client.Options.Invoker is not null)
            return "connections are made by a handler of the application";
        var proxy = HttpClient.DefaultProxy.IsBypassed(_address) ? null : HttpClient.DefaultProxy.GetProxy(_address);
        return proxy is null ? null : $"connections go through the proxy {proxy.Host}:{proxy.Port}";
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_addresses, _address.Port, cancellationToken).AsTask().WaitAsync(
                client.Options.SetupTimeout, client.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
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
