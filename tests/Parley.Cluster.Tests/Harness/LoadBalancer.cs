using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;

namespace Parley.Cluster.Tests.Harness;

/// <summary>nginx in front of the nodes, with the file in <c>deploy/</c>: round robin, without sticky sessions.</summary>
internal sealed partial class LoadBalancer : IDisposable
{
    /// <summary>Header of a response with the address of its node.</summary>
    public const string NodeHeader = "X-Node";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-nginx-");
    private readonly int _port = Ports.Free();
    private ChildProcess? _process;

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));

    public async Task StartAsync(IEnumerable<Uri> nodes)
    {
        var site = await File.ReadAllTextAsync(Repository.Find("deploy", "nginx-nodes.conf"));
        // Plain HTTP on loopback, and the nodes of the test; the rest is as it is deployed.
        Assert.Matches(Servers(), site);
        site = Servers().Replace(site, string.Concat(nodes.Select(static node => $"    server {node.Authority} max_fails=0;\n")));
        site = Tls().Replace(site, "");
        site = Replace(site, "listen 443 ssl;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{_port} backlog=4096; add_header {NodeHeader} $upstream_addr always;"));
        site = Replace(site, "/var/log/nginx/", _folder.FullName + "/");
        string[] uses = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        var temporary = string.Concat(uses.Select(name => $"{name}_temp_path {PathOf(name)}; "));
        await File.WriteAllTextAsync(
            PathOf("nginx.conf"),
            $"daemon off; master_process off; pid {PathOf("nginx.pid")}; error_log stderr crit; worker_rlimit_nofile 16384;\nevents {{ worker_connections 8192; }}\nhttp {{ {temporary}\n{site}\n}}\n");
        _process = ChildProcess.Start(DebianPrograms.Find("nginx"), ["-c", PathOf("nginx.conf")], new Dictionary<string, string>(), DebianPrograms.Missing);
        await Polling.UntilAsync(IsListeningAsync, "nginx accepts connections");
    }

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> IsListeningAsync()
    {
        if (_process!.Exited.IsCompleted)
            throw new ExpectationException($"nginx ended at its start:\n{string.Join('\n', _process.Lines.Snapshot.Select(static line => line.Text))}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static string Replace(string text, string old, string replacement)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, replacement, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?m)(^    server \d[^;]*;\n)+")]
    private static partial Regex Servers();

    [GeneratedRegex(@"(?m)^    ssl_[^;]*;\n")]
    private static partial Regex Tls();
}
