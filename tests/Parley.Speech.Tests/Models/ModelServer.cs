using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.Speech.Tests.Models;

/// <summary>A file server on loopback with the habits and faults of real ones.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    internal ModelServer()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _running = AcceptAsync();
    }

    internal Uri Address { get; }

    /// <summary>The files by path, such as "a/b.bin".</summary>
    internal Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Paths that redirect, and where to.</summary>
    internal Dictionary<string, string> Redirects { get; } = [];

    /// <summary>Status lines to answer instead of a file, one for each request.</summary>
    internal Queue<string> Failures { get; } = [];

    /// <summary>After how many bytes of a body the connection is cut, one for each request; beyond the body: not at all.</summary>
    internal Queue<int> Cuts { get; } = [];

    /// <summary>Whether <c>Range</c> is understood.</summary>
    internal bool Ranges { get; set; } = true;

    internal string? ETag { get; set; } = "\"v1\"";

    /// <summary>What the header says, if it lies about the length.</summary>
    internal int? AnnouncedLength { get; set; }

    /// <summary>Whether the length is left out, and the end is the end of the connection.</summary>
    internal bool HidesLength { get; set; }

    /// <summary>Set when a body has been cut; the response goes on when it is released. Null: no pause.</summary>
    internal TaskCompletionSource? Pause { get; set; }

    /// <summary>The requests, each "PATH [range] [if-range]".</summary>
    internal List<string> Requests { get; } = [];

    /// <summary>Takes no further connections.</summary>
    internal void Close() => _listener.Stop();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Close();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await AnswerAsync(stream, await ReadHeadAsync(stream));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client has left, or the test is over.
            }
        }
    }

    private async Task<List<string>> ReadHeadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                throw new IOException("The client closed the connection.");
            head.Add(one[0]);
        }
        return [.. Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task AnswerAsync(NetworkStream stream, List<string> head)
    {
        var target = head[0].Split(' ')[1];
        var path = (Uri.TryCreate(target, UriKind.Absolute, out var absolute) && absolute.Scheme == "http" ? absolute.AbsolutePath : target).TrimStart('/');
        string? Header(string name) => head.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
        var (range, condition) = (Header("Range"), Header("If-Range"));
        int? cut, from = null;
        lock (Requests)
        {
            Requests.Add(string.Join(' ', new[] { path, range, condition }.Where(static part => part is not null)));
            cut = Cuts.TryDequeue(out var after) ? after : null;
        }
        if (Failures.TryDequeue(out var failure))
        {
            await SendAsync(stream, $"HTTP/1.1 {failure}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }
        if (Redirects.TryGetValue(path, out var location))
        {
            await SendAsync(stream, $"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }
        if (!Files.TryGetValue(path, out var file))
        {
            await SendAsync(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }
        if (Ranges && range is not null && (condition is null || condition == ETag))
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        if (from >= file.Length)
        {
            await SendAsync(stream, $"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{file.Length}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }
        var body = file[(from ?? 0)..];
        var status = from is null ? "200 OK" : $"206 Partial Content\r\nContent-Range: bytes {from}-{file.Length - 1}/{file.Length}";
        var length = HidesLength ? "" : $"Content-Length: {AnnouncedLength ?? body.Length}\r\n";
        await SendAsync(stream, $"HTTP/1.1 {status}\r\n{length}{(ETag is null ? "" : $"ETag: {ETag}\r\n")}Connection: close\r\n\r\n");
        var sent = Math.Min(cut ?? body.Length, body.Length);
        await stream.WriteAsync(body.AsMemory(0, sent), _stop.Token);
        if (Pause is { } pause)
        {
            await pause.Task.WaitAsync(_stop.Token);
            await stream.WriteAsync(body.AsMemory(sent), _stop.Token);
        }
    }

    private async Task SendAsync(NetworkStream stream, string head) => await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
}
