using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.TestKit;

namespace Parley.EndToEnd.Harness;

/// <summary>
/// nginx or Caddy with the file in <c>deploy/</c>, in front of a server. Ports and paths of the file are replaced, the rest is unchanged.
/// </summary>
internal sealed class TlsProxy : IDisposable
{
    private const string Site = "live.example.com";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-proxy-");
    private readonly int _port = Ports.Free();
    private readonly X509Certificate2 _certificate;
    private readonly SocketsHttpHandler _handler;
    private readonly List<string> _arguments;
    private readonly string _program;
    private ChildProcess? _process;

    private TlsProxy(string program, Func<TlsProxy, List<string>> configure)
    {
        _program = DebianPrograms.Find(program);
        _certificate = CreateCertificate();
        File.WriteAllText(PathOf("site.pem"), _certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("site.key"), _certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        _arguments = configure(this);
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString(),
            },
        };
        Http = new HttpClient(_handler, disposeHandler: false) { BaseAddress = new Uri($"https://{Site}/") };
    }

    /// <summary>A client whose requests reach the site; nothing is resolved.</summary>
    public HttpClient Http { get; }

    /// <summary>Everything the proxy has logged, to its files and to its output.</summary>
    public string Logs => string.Join(
        '\n',
        [
            .. _folder.GetFiles("*.log").Select(static file => File.ReadAllText(file.FullName)),
            .. _process?.Lines.Snapshot.Select(static line => line.Text) ?? [],
        ]);

    /// <param name="program"><c>nginx</c> or <c>caddy</c>.</param>
    /// <param name="server">Address of the server behind the proxy.</param>
    public static TlsProxy Create(string program, Uri server) => program switch
    {
        "nginx" => new(program, proxy => proxy.ConfigureNginx("nginx.conf", ("127.0.0.1:8080", server.Authority))),
        _ => new(program, proxy => proxy.ConfigureCaddy(server)),
    };

    /// <summary>nginx with the file for several nodes, which has three addresses.</summary>
    public static TlsProxy CreateForNodes(params IEnumerable<string> nodes) => new("nginx", proxy => proxy.ConfigureNginx(
        "nginx-nodes.conf", [.. nodes.Select(static (node, i) => ($"172.28.15.1{i + 1}:8080", node))]));

    /// <summary>Runs the proxy's own check of its configuration.</summary>
    public async Task<ToolRun> CheckAsync()
    {
        var isNginx = _program.EndsWith("nginx", StringComparison.Ordinal);
        using var check = Run(isNginx ? ["-t", .. _arguments] : ["validate", .. _arguments.Skip(1)]);
        var code = await Expect.WithinAsync(check.Exited, "the check of the configuration ends");
        return new ToolRun(code, check.Lines.Snapshot);
    }

    /// <summary>Starts the proxy and waits until it accepts connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = Run(_arguments);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
                return;
            }
            catch (SocketException) when (!_process.Exited.IsCompleted)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
            catch (SocketException e)
            {
                throw new ExpectationException($"The proxy ended at start.{Environment.NewLine}{Logs}", e);
            }
        }
    }

    /// <summary>Opens a socket through the proxy.</summary>
    public async Task<LiveSocket> OpenAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        await Expect.WithinAsync(
            socket.ConnectAsync(new Uri($"wss://{Site}{pathAndQuery}"), invoker, cancellationToken),
            "an upgrade through the proxy",
            cancellationToken);
        return new LiveSocket(socket);
    }

    /// <summary>Asks the proxy to stop and waits for it; then its logs are complete.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _process!.Terminate();
        await Expect.WithinAsync(_process.Exited, "the proxy ends after SIGTERM", cancellationToken);
    }

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
        _process?.Dispose();
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private List<string> ConfigureNginx(string file, params (string Old, string New)[] servers)
    {
        var site = Replace(
            File.ReadAllText(Repository.Find("deploy", file)),
            [.. servers,
            ("listen 443 ssl;", $"listen 127.0.0.1:{_port} ssl;"),
            ($"/etc/ssl/{Site}.pem", PathOf("site.pem")),
            ($"/etc/ssl/private/{Site}.key", PathOf("site.key")),
            ("/var/log/nginx/", _folder.FullName + "/")]);
        string[] uses = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        var temporary = string.Concat(uses.Select(name => $"{name}_temp_path {PathOf(name)}; "));
        File.WriteAllText(
            PathOf("nginx.conf"),
            $"daemon off; master_process off; pid {PathOf("nginx.pid")}; error_log stderr;\nevents {{ }}\n"
            + $"http {{ {temporary}access_log off;\n{site}\n}}\n");
        return ["-c", PathOf("nginx.conf")];
    }

    private List<string> ConfigureCaddy(Uri server)
    {
        var site = Replace(
            File.ReadAllText(Repository.Find("deploy", "Caddyfile")),
            ("\n{\n", "\n{\n\tadmin off\n\tauto_https disable_redirects\n"),
            ($"\n{Site} {{\n", $"\nhttps://{Site}:{_port} {{\n\tbind 127.0.0.1\n\ttls {PathOf("site.pem")} {PathOf("site.key")}\n"),
            ("127.0.0.1:8080", server.Authority));
        File.WriteAllText(PathOf("Caddyfile"), site);
        return ["run", "--adapter", "caddyfile", "--config", PathOf("Caddyfile")];
    }

    private ChildProcess Run(IEnumerable<string> arguments) => ChildProcess.Start(
        _program,
        arguments,
        new Dictionary<string, string> { ["XDG_DATA_HOME"] = _folder.FullName, ["XDG_CONFIG_HOME"] = _folder.FullName },
        DebianPrograms.Missing);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static string Replace(string text, params (string Old, string New)[] replacements)
    {
        foreach (var (old, replacement) in replacements)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        return text;
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Site);
        var request = new CertificateRequest($"CN={Site}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
