using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Parley.Assistant;
using Parley.TestKit;

namespace Parley.Server.Tests.Support;

/// <summary>The server under test, by default with an <see cref="EchoModel"/>; every server message is checked against the schema.</summary>
internal static class LiveTestHost
{
    public const string Key = "test-key-4711-secret";
    public const string Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
    public const string Constrained = Path + "Constrained";
    public const string Setup = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025"}}""";
    public const string ResumableSetup = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","sessionResumption":{}}}""";

    /// <summary>The default limits of a server, for the delays of its timers.</summary>
    public static readonly LiveApiOptions Defaults = new();

    public static Task<InMemoryHost> StartAsync(
        ILiveModel model, Action<LiveApiOptions>? configure = null, TimeProvider? time = null, Action<IServiceCollection>? services = null,
        string? dataFolder = null, Action<WebApplication>? app = null) =>
        InMemoryHost.StartAsync(
            builder =>
            {
                var live = builder.Services.AddLiveApi(options =>
                {
                    options.ApiKeys.Add(Key);
                    configure?.Invoke(options);
                }).UseDefaultModel(_ => model);
                if (dataFolder is not null)
                    live.UseDataFolder(dataFolder);
                builder.Services.AddSingleton<ILiveWireObserver, SchemaObserver>();
                services?.Invoke(builder.Services);
            },
            running =>
            {
                app?.Invoke(running);
                running.MapLiveApi();
            },
            time);

    /// <summary>The server with the local model.</summary>
    public static Task<InMemoryHost> StartWithCascadeAsync(Action<LiveApiOptions>? options = null) => InMemoryHost.StartAsync(
        builder =>
        {
            // Without speech engines: the same on every machine, and nothing to load.
            builder.Configuration["Speech:Recognizer:Provider"] = "none";
            builder.Configuration["Speech:Detector:Provider"] = "energy";
            builder.Configuration["Speech:Synthesizer:Provider"] = "tone";
            builder.Services.AddLiveApi(live =>
            {
                live.ApiKeys.Add(Key);
                options?.Invoke(live);
            }).UseLocalModel();
            builder.Services.AddSingleton<ILiveWireObserver, SchemaObserver>();
        },
        static app => app.MapLiveApi());

    public static Task<LiveSocket> ConnectAsync(this InMemoryHost host, string path = Path, string key = Key) =>
        LiveSocket.ConnectAsync(host, $"{path}?key={key}");

    /// <summary>Connects and sends the setup, until the server's <c>setupComplete</c>.</summary>
    public static async Task<LiveSocket> OpenAsync(this InMemoryHost host, string setup = Setup, string path = Path, string key = Key)
    {
        var client = await host.ConnectAsync(path, key);
        await client.SendJsonAsync(setup);
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        return client;
    }

    public static Task SayAsync(this LiveSocket client, string text) => client.SendJsonAsync(new { RealtimeInput = new { Text = text } });

    /// <summary>Sends a text and waits for the echo.</summary>
    public static async Task EchoAsync(this LiveSocket client, string text)
    {
        await client.SayAsync(text);
        await client.ReceiveUntilAsync(frame => frame.SaidText() == text, $"the echo of '{text}'");
    }

    public static string? SaidText(this LiveFrame frame) =>
        frame.At("serverContent", "modelTurn", "parts") is { } parts && parts[0].TryGetProperty("text", out var text) ? text.GetString() : null;

    public static string? NewHandle(this LiveFrame frame) => frame.At("sessionResumptionUpdate", "newHandle")?.GetString();

    /// <summary>Logs an error, which fails the test, if a server message does not match the schema.</summary>
    private sealed class SchemaObserver : ILiveWireObserver
    {
        public void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
        {
            if (direction == LiveDirection.ToClient && type != WebSocketMessageType.Close)
                WireSchema.Live.Require("ServerMessage", System.Text.Json.JsonElement.Parse(payload));
        }
    }
}
