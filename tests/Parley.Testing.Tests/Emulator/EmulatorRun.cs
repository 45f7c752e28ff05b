using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Parley.Testing.Tests.Emulator;

/// <summary>An emulator, and clients that know its addresses only.</summary>
internal sealed class EmulatorRun : IAsyncDisposable
{
    private const string Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
    private const string TokenPath = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained";

    private EmulatorRun(LiveEmulator emulator) =>
        (Emulator, Http) = (emulator, new HttpClient(new SocketsHttpHandler { SslOptions = Trusting(emulator) }) { BaseAddress = new Uri(emulator.ControlAddress + "/") });

    internal LiveEmulator Emulator { get; }

    /// <summary>A client of the control API.</summary>
    internal HttpClient Http { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>TLS of a client that trusts the CA of the emulator and no other.</summary>
    internal static SslClientAuthenticationOptions Trusting(LiveEmulator emulator, string host = "127.0.0.1")
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (emulator.CaFile is { } file)
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(file));
        return new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy };
    }

    internal static async Task<EmulatorRun> StartAsync(Action<LiveEmulatorOptions>? configure = null) => new(await LiveEmulator.StartAsync(configure, Cancellation));

    internal static Task<EmulatorRun> StartAsync(string scenario, bool virtualTime = false) => StartAsync(options =>
    {
        options.Scenarios.Add(ScenarioFile.Parse(scenario, "a.yaml", Files.ScenarioFiles.Folder));
        options.VirtualTime = virtualTime;
    });

    /// <summary>A session that has sent its setup and read the answer.</summary>
    internal async Task<ClientWebSocket> ConnectAsync(string key = "test-key", string? token = null)
    {
        var socket = new ClientWebSocket();
        var uri = new UriBuilder(new Uri(Emulator.BaseAddress, token is null ? $"{Path}?key={key}" : $"{TokenPath}?access_token={token}")) { Scheme = Emulator.CaFile is null ? "ws" : "wss" }.Uri;
        await socket.ConnectAsync(uri, Http, Cancellation);
        await SendAsync(socket, """{"setup":{"model":"models/gemini-3.8-live","outputAudioTranscription":{}}}""");
        return socket;
    }

    internal static Task SendTextAsync(ClientWebSocket socket, string text) =>
        SendAsync(socket, $$$"""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"{{{text}}}"}]}],"turnComplete":true}}""");

    internal static Task SendAsync(ClientWebSocket socket, string json) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, Cancellation);

    /// <summary>Reads messages until one has this text; null if the connection closes first.</summary>
    internal static async Task<string?> ReadToAsync(ClientWebSocket socket, string text)
    {
        var buffer = new byte[1 << 20];
        while (true)
        {
            var message = await Expect.WithinAsync(socket.ReceiveAsync(buffer, Cancellation), $"a message with {text}", Cancellation);
            if (message.MessageType == WebSocketMessageType.Close)
                return null;
            var json = Encoding.UTF8.GetString(buffer, 0, message.Count);
            if (json.Contains(text, StringComparison.Ordinal))
                return json;
        }
    }

    internal async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpStatusCode expected = HttpStatusCode.OK, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        using var response = await Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Emulator.DisposeAsync();
    }
}
