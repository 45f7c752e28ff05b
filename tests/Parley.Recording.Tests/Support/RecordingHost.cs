using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Recording.Transcripts;
using Parley.Server;
using Parley.Server.Relay;
using Parley.TestKit;

namespace Parley.Recording.Tests.Support;

/// <summary>A server that records, with a model that tests drive, on one clock.</summary>
internal sealed class RecordingHost : IAsyncDisposable
{
    public const string Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=" + Key;
    public const string Setup = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","inputAudioTranscription":{},"outputAudioTranscription":{}}}""";

    private const string Key = "test-key-4711-secret";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parley-recording-");
    private InMemoryHost? _upstream;

    private RecordingHost()
    {
    }

    public InMemoryHost Host { get; private set; } = null!;

    public TestClock Clock { get; } = new();

    public DrivenModel Model { get; } = new();

    public string Folder => System.IO.Path.Combine(_root.FullName, "calls");

    public string Data => System.IO.Path.Combine(_root.FullName, "data");

    public LiveRecordings Recordings => Host.Services.GetRequiredService<LiveRecordings>();

    public static async Task<RecordingHost> StartAsync(Action<RecordingOptions>? configure = null, Action<LiveApiBuilder>? live = null, bool relayed = false, Action<WebApplication>? app = null, bool inDataFolder = false)
    {
        var host = new RecordingHost();
        await host.RestartAsync(configure, live, relayed, app, inDataFolder);
        return host;
    }

    /// <summary>Starts the server, after the first time with the same folder.</summary>
    public async Task RestartAsync(Action<RecordingOptions>? configure = null, Action<LiveApiBuilder>? live = null, bool relayed = false, Action<WebApplication>? app = null, bool inDataFolder = false)
    {
        if (Host is not null)
            await Host.DisposeAsync();
        if (relayed)
            _upstream = await StartAsync(api => api.UseDefaultModel(_ => Model), static app => app.MapLiveApi());
        Host = await StartAsync(
            api =>
            {
                if (_upstream is { } upstream)
                {
                    api.Services.AddSingleton<IUpstreamConnector>(provider => new Connector(upstream, provider.GetRequiredService<IOptions<RelayOptions>>(), Clock));
                    api.UseRelay(static relay =>
                    {
                        relay.Upstreams.Add(new UpstreamOptions { Name = "upstream", Url = new Uri("http://upstream.test"), Key = Key });
                        relay.KeepAliveInterval = TimeSpan.Zero;
                    });
                }
                else
                {
                    api.UseDefaultModel(_ => Model);
                }
                live?.Invoke(api);
                if (inDataFolder)
                    api.UseDataFolder(Data);
                api.AddRecording(options =>
                {
                    (options.Folder, options.Format) = (Folder, RecordingFormat.Wav);
                    configure?.Invoke(options);
                });
            },
            running =>
            {
                running.MapLiveApi();
                app?.Invoke(running);
            });
        Clock.Settle(async token =>
        {
            await Host.QuietAsync(token);
            if (_upstream is not null)
                await _upstream.QuietAsync(token);
        });
    }

    public async Task<LiveSocket> OpenAsync(string setup = Setup)
    {
        var client = await LiveSocket.ConnectAsync(Host, Path);
        await client.SendJsonAsync(setup);
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        await QuietAsync();
        return client;
    }

    /// <summary>The session that started last.</summary>
    public async Task<DrivenSession> SessionAsync()
    {
        await Model.Sessions.FirstAsync(static _ => true, "a session starts");
        return Model.Sessions.Snapshot[^1];
    }

    /// <summary>Lets both sides finish, then lets time pass.</summary>
    public async Task PassAsync(int milliseconds)
    {
        await QuietAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await QuietAsync();
    }

    public async Task QuietAsync()
    {
        await Host.QuietAsync();
        if (_upstream is null)
            return;
        await _upstream.QuietAsync();
        await Host.QuietAsync();
    }

    /// <summary>Closes the call and the server, so that the record is complete.</summary>
    public async Task EndAsync(LiveSocket client)
    {
        await QuietAsync();
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await client.ExpectCloseAsync(skipMessages: true);
        await Host.StopAsync();
    }

    /// <summary>The one record.</summary>
    public RecordFacts Facts => RecordJson.Read(File.ReadAllBytes(Assert.Single(Directory.GetFiles(Folder, "*.json"))));

    public StereoWav Audio => StereoWav.Parse(File.ReadAllBytes(Assert.Single(Directory.GetFiles(Folder, "*.wav"))));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (_upstream is not null)
            await _upstream.DisposeAsync();
        _root.Delete(recursive: true);
    }

    private Task<InMemoryHost> StartAsync(Action<LiveApiBuilder> configure, Action<WebApplication> app) => InMemoryHost.StartAsync(
        builder => configure(builder.Services.AddLiveApi(static options =>
        {
            options.ApiKeys.Add(Key);
            options.Connections.KeepAliveInterval = TimeSpan.Zero;
            options.Connections.CloseTimeout = TimeSpan.FromDays(1);
        })), app, Clock);

    private sealed class Connector(InMemoryHost host, IOptions<RelayOptions> options, TimeProvider time) : IUpstreamConnector
    {
        public Task<WebSocket> ConnectAsync(Upstream upstream, string version, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken) =>
            new UpstreamConnector(options, time, host.ConnectAsync).ConnectAsync(upstream, version, headers, cancellationToken);
    }
}

/// <summary>A WAV file with two channels.</summary>
internal sealed record StereoWav(short[] Left, short[] Right)
{
    public const int RateHz = 24_000;

    public double Seconds => (double)Left.Length / RateHz;

    public static StereoWav Parse(byte[] file)
    {
        Assert.Equal(2, BitConverter.ToInt16(file, 22));
        Assert.Equal(RateHz, BitConverter.ToInt32(file, 24));
        Assert.Equal(file.Length - 44, BitConverter.ToInt32(file, 40));
        var samples = Pcm.ToSamples(file.AsSpan(44));
        return new StereoWav([.. samples.Where(static (_, i) => i % 2 == 0)], [.. samples.Where(static (_, i) => i % 2 == 1)]);
    }
}
