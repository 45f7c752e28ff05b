using System.Globalization;
using System.Net.Sockets;
using Parley.EndToEnd.Harness;

namespace Parley.Cluster.Tests.Harness;

/// <summary>
/// nginx in front of the nodes, on loopback: round robin, without sticky sessions. A node that does not accept connections, or answers 503, is passed over.
/// </summary>
internal sealed class LoadBalancer : IDisposable
{
    /// <summary>Header of a response with the address of its node.</summary>
    public const string NodeHeader = "X-Node";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-nginx-");
    private readonly int _port = Ports.Free();
    private ChildProcess? _process;

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));

    public async Task StartAsync(IEnumerable<Uri> nodes)
    {
        string[] uses = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        var temporary = string.Concat(uses.Select(name => $"{name}_temp_path {PathOf(name)}; "));
        var servers = string.Concat(nodes.Select(static node => $"server {node.Authority} max_fails=0; "));
        await File.WriteAllTextAsync(PathOf("nginx.conf"), $$"""
            daemon off; master_process off; pid {{PathOf("nginx.pid")}}; error_log stderr crit;
            worker_rlimit_nofile 16384;
            events { worker_connections 8192; }
            http {
              {{temporary}} access_log off;
              upstream parley { {{servers}} }
              map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
              server {
                listen 127.0.0.1:{{_port.ToString(CultureInfo.InvariantCulture)}} backlog=4096;
                location / {
                  proxy_pass http://parley;
                  proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection $connection_upgrade;
                  proxy_set_header Host $host;
                  add_header {{NodeHeader}} $upstream_addr always;
                  proxy_next_upstream error timeout http_503;
                  proxy_connect_timeout 2s;
                  proxy_read_timeout 1h;
                  proxy_send_timeout 1h;
                  proxy_buffering off;
                }
              }
            }
            """);
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
}
