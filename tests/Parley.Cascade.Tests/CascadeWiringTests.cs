using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Assistant;
using Parley.Server;
using Parley.Server.Tests.Support;
using Parley.Speech;
using Parley.Speech.Activity;
using Parley.TestKit;

namespace Parley.Cascade.Tests;

/// <summary>Which engines a host hears and speaks with, and that it says so.</summary>
public sealed class CascadeWiringTests
{
    private static readonly Dictionary<string, string?> Nothing = new()
    {
        ["Speech:Recognizer:Provider"] = "none", ["Speech:Detector:Provider"] = "energy", ["Speech:Synthesizer:Provider"] = "tone",
    };

    [Fact]
    public async Task The_log_and_the_health_page_name_each_engine_and_what_is_missing()
    {
        await using var host = await StartAsync(Nothing);

        var ready = Assert.Single(host.Logs.Entries, entry => entry.EventId.Id == EventIds.SpeechReady);
        Assert.Equal(["none", "energy", "tone"], new[] { "Recognizer", "Detector", "Voice" }.Select(name => ready.Values.First(value => value.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value));
        Assert.Contains(host.Logs.Entries, entry => entry.EventId.Id == EventIds.SpeechPartMissing);
        Assert.Contains(host.Logs.Entries, entry => entry.EventId.Id == EventIds.VoiceMissing);
        var parts = await PartsAsync(host);
        Assert.Equal("Speech recognition is off, as configured.", parts.GetProperty("recognizer").GetString());
        Assert.Equal("Detecting speech by energy, as configured.", parts.GetProperty("detector").GetString());
        Assert.Equal("Speaking with tones, as configured.", parts.GetProperty("synthesizer").GetString());
    }

    [Fact]
    public async Task Engines_of_the_application_win()
    {
        await using var host = await StartAsync(Nothing, services =>
        {
            services.AddSingleton<ISpeechRecognizer>(FakeRecognizer.Hearing("hello"));
            services.AddSingleton<ISpeechSynthesizer>(new FakeVoice());
            services.AddSingleton<IVoiceActivityDetectors>(new OtherDetectors());
        });

        var parts = await PartsAsync(host);
        Assert.Equal("fake, of the application.", parts.GetProperty("recognizer").GetString());
        Assert.Equal("other, of the application.", parts.GetProperty("detector").GetString());
        Assert.Equal("fake, of the application.", parts.GetProperty("synthesizer").GetString());
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.EventId.Id is EventIds.SpeechPartMissing or EventIds.VoiceMissing);
    }

    [Fact]
    public async Task Speech_is_understood_and_answered_through_the_whole_server()
    {
        await using var host = await StartAsync(Nothing, services =>
        {
            services.AddSingleton<ISpeechRecognizer>(FakeRecognizer.Hearing("what is two plus two"));
            services.AddSingleton<IChatClient>(StubBrain.Saying("Four."));
        });
        await using var client = await host.OpenAsync(
            """{"setup":{"model":"models/gemini-3.8-live","inputAudioTranscription":{},"outputAudioTranscription":{},"realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}""");

        await client.SendJsonAsync("""{"realtimeInput":{"activityStart":{}}}""");
        await client.SendJsonAsync(new { RealtimeInput = new { Audio = new { MimeType = "audio/pcm;rate=16000", Data = Convert.ToBase64String(new byte[32_000]) } } });
        await client.SendJsonAsync("""{"realtimeInput":{"activityEnd":{}}}""");

        await client.ReceiveUntilAsync(frame => frame.At("serverContent", "inputTranscription", "text")?.GetString() == "what is two plus two", "what was understood");
        await client.ReceiveUntilAsync(frame => frame.At("serverContent", "outputTranscription", "text")?.GetString() == "Four.", "the answer");
        await client.ReceiveUntilAsync(frame => frame.At("serverContent", "turnComplete") is not null, "turnComplete");
    }

    [Fact]
    public async Task A_server_with_another_default_model_makes_no_engines()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());

        Assert.DoesNotContain(host.Logs.Entries, entry => entry.EventId.Id == EventIds.SpeechReady);
    }

    private static Task<InMemoryHost> StartAsync(Dictionary<string, string?> configuration, Action<IServiceCollection>? services = null) => InMemoryHost.StartAsync(
        builder =>
        {
            foreach (var (name, value) in configuration)
                builder.Configuration[name] = value;
            services?.Invoke(builder.Services);
            builder.Services.AddLiveApi(options => options.ApiKeys.Add(LiveTestHost.Key)).UseLocalModel();
        },
        static app => app.MapLiveApi());

    private static async Task<JsonElement> PartsAsync(InMemoryHost host)
    {
        using var http = host.CreateClient();
        var health = JsonElement.Parse(await http.GetByteArrayAsync(new Uri("/healthz", UriKind.Relative), TestContext.Current.CancellationToken));
        return health.GetProperty("parts");
    }

    private sealed class OtherDetectors : IVoiceActivityDetectors
    {
        public string Name => "other";

        public IVoiceActivityDetector Create() => new EnergyVoiceActivityDetector();
    }
}
