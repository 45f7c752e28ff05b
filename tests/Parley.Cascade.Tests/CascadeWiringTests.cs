using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Assistant;
using Parley.Server;
using Parley.Server.Tests.Support;
using Parley.Speech;
using Parley.Speech.Activity;

namespace Parley.Cascade.Tests;

/// <summary>Selection of the speech engines of a host, and their log lines and health texts.</summary>
public sealed class CascadeWiringTests
{
    private static readonly Dictionary<string, string?> NoSpeech = new()
    {
        ["Speech:Recognizer:Provider"] = "none", ["Speech:Detector:Provider"] = "energy", ["Speech:Synthesizer:Provider"] = "tone",
    };

    [Fact]
    public async Task Log_and_health_page_name_each_engine_and_what_is_missing()
    {
        await using var host = await StartAsync(NoSpeech);

        var ready = Assert.Single(host.Logs.Entries, entry => entry.EventId.Id == EventIds.SpeechReady);
        Assert.Equal(["none", "energy", "tone"], new[] { "Recognizer", "Detector", "Synthesizer" }.Select(name => ready.Values.First(value => value.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value));
        Assert.Contains(host.Logs.Entries, entry => entry.EventId.Id == EventIds.RecognizerMissing);
        Assert.Contains(host.Logs.Entries, entry => entry.EventId.Id == EventIds.SynthesizerMissing);
        var parts = await PartsAsync(host);
        Assert.Equal("Speech recognition is off, as configured.", parts.GetProperty("recognizer").GetString());
        Assert.Equal("Detecting speech by energy, as configured.", parts.GetProperty("detector").GetString());
        Assert.Equal("Speaking with tones, as configured.", parts.GetProperty("synthesizer").GetString());
    }

    [Fact]
    public async Task Engines_registered_by_the_application_take_precedence()
    {
        await using var host = await StartAsync(NoSpeech, services =>
        {
            services.AddSingleton<ISpeechRecognizer>(FakeRecognizer.Hearing("hello"));
            services.AddSingleton<ISpeechSynthesizer>(new FakeSynthesizer());
            services.AddSingleton<IVoiceActivityDetectors>(new OtherDetectors());
        });

        var parts = await PartsAsync(host);
        Assert.Equal("fake, registered by the application.", parts.GetProperty("recognizer").GetString());
        Assert.Equal("other, registered by the application.", parts.GetProperty("detector").GetString());
        Assert.Equal("fake, registered by the application.", parts.GetProperty("synthesizer").GetString());
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.EventId.Id is EventIds.RecognizerMissing or EventIds.SynthesizerMissing);
    }

    [Fact]
    public async Task Speech_is_recognized_and_answered_through_the_whole_server()
    {
        await using var host = await StartAsync(NoSpeech, services =>
        {
            services.AddSingleton<ISpeechRecognizer>(FakeRecognizer.Hearing("what is two plus two"));
            services.AddSingleton<IChatClient>(StubChatModel.Saying("Four."));
        });
        await using var client = await host.OpenAsync(
            """{"setup":{"model":"models/gemini-3.8-live","inputAudioTranscription":{},"outputAudioTranscription":{},"realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}""");

        await client.SendJsonAsync("""{"realtimeInput":{"activityStart":{}}}""");
        await client.SendJsonAsync(new { RealtimeInput = new { Audio = new { MimeType = "audio/pcm;rate=16000", Data = Convert.ToBase64String(new byte[32_000]) } } });
        await client.SendJsonAsync("""{"realtimeInput":{"activityEnd":{}}}""");

        await client.ReceiveUntilAsync(frame => frame.At("serverContent", "inputTranscription", "text")?.GetString() == "what is two plus two", "the transcription of the user");
        await client.ReceiveUntilAsync(
            frame => frame.At("serverContent", "outputTranscription", "text")?.GetString() == "Four.", "the answer");
        await client.ReceiveUntilAsync(frame => frame.At("serverContent", "turnComplete") is not null, "turnComplete");
    }

    [Fact]
    public async Task A_server_with_another_default_model_creates_no_engines()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());

        Assert.DoesNotContain(host.Logs.Entries, entry => entry.EventId.Id == EventIds.SpeechReady);
    }

    private static Task<InMemoryHost> StartAsync(Dictionary<string, string?> configuration, Action<IServiceCollection>? services = null) =>
        InMemoryHost.StartAsync(
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
        var health = JsonElement.Parse(
            await http.GetByteArrayAsync(new Uri("/healthz", UriKind.Relative), TestContext.Current.CancellationToken));
        return health.GetProperty("parts");
    }

    private sealed class OtherDetectors : IVoiceActivityDetectors
    {
        public string Name => "other";

        public IVoiceActivityDetector Create() => new EnergyVoiceActivityDetector();
    }
}
