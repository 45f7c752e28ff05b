using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Extensions.AI.Tests.Mapping;

public class SetupMappingTests
{
    [Fact]
    public async Task Every_option_has_its_member_of_the_setup()
    {
        var setup = await SetupAsync(new RealtimeSessionOptions
        {
            Model = "gemini-3.8-live",
            Instructions = "be kind",
            Voice = "Kore",
            MaxOutputTokens = 99,
            OutputModalities = ["audio"],
            TranscriptionOptions = new TranscriptionOptions { SpeechLanguage = "de-DE" },
            VoiceActivityDetection = new VoiceActivityDetectionOptions { Enabled = false, AllowInterruption = false },
            Tools = [AIFunctionFactory.Create((string room) => room, "light", "Switches a light"), new HostedWebSearchTool()],
        });

        Assert.Equal(
            """{"model":"models/gemini-3.8-live","generationConfig":{"maxOutputTokens":99,"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}},"systemInstruction":{"parts":[{"text":"be kind"}]},"tools":[{"functionDeclarations":[{"name":"light","description":"Switches a light","parametersJsonSchema":{"type":"object","properties":{"room":{"type":"string"}},"required":["room"]}}]},{"googleSearch":{}}],"realtimeInputConfig":{"automaticActivityDetection":{"disabled":true},"activityHandling":"NO_INTERRUPTION"},"inputAudioTranscription":{"languageCodes":["de-DE"]},"outputAudioTranscription":{}}""",
            setup.GetRawText());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_options_both_sides_are_transcribed_and_the_rest_is_left_to_the_model(bool empty) => Assert.Equal(
        """{"model":"models/gemini-test","inputAudioTranscription":{},"outputAudioTranscription":{}}""",
        (await SetupAsync(empty ? new RealtimeSessionOptions() : null)).GetRawText());

    [Fact]
    public async Task A_raw_representation_supplies_what_the_options_cannot_express()
    {
        var setup = await SetupAsync(new RealtimeSessionOptions
        {
            Instructions = "brief",
            RawRepresentationFactory = () => new LiveSetup { Model = "m", Temperature = 0.5, SystemInstruction = "long", ContextWindowCompression = new ContextWindowCompressionConfig() },
        });

        Assert.Equal(
            """{"model":"models/m","generationConfig":{"temperature":0.5},"systemInstruction":{"parts":[{"text":"brief"}]},"contextWindowCompression":{}}""",
            setup.GetRawText());
    }

    [Fact]
    public async Task No_tools_are_declared_if_the_tool_mode_is_none() =>
        Assert.False((await SetupAsync(new RealtimeSessionOptions { ToolMode = ChatToolMode.None, Tools = [AIFunctionFactory.Create(() => 1, "f")] })).TryGetProperty("tools", out _));

    [Fact]
    public async Task Unsupported_options_are_refused_before_sending()
    {
        var client = LiveClient.FromApiKey("k").AsRealtimeClient("gemini-test");

        foreach (var (options, says) in new (RealtimeSessionOptions, string)[]
        {
            (new() { SessionKind = RealtimeSessionKind.Transcription }, "Conversation"),
            (new() { ToolMode = ChatToolMode.RequireAny }, "ToolMode"),
            (new() { InputAudioFormat = new RealtimeAudioFormat("audio/g711", 8_000) }, "audio/g711"),
            (new() { OutputAudioFormat = new RealtimeAudioFormat("audio/pcm", 48_000) }, "24000"),
            (new() { OutputModalities = ["video"] }, "video"),
        })
        {
            Assert.Contains(says, (await Assert.ThrowsAsync<NotSupportedException>(() => client.CreateSessionAsync(options))).Message, StringComparison.Ordinal);
        }
        Assert.Contains("LiveSetup", (await Assert.ThrowsAsync<ArgumentException>(() => client.CreateSessionAsync(new RealtimeSessionOptions { RawRepresentationFactory = () => "x" }))).Message, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> SetupAsync(RealtimeSessionOptions? options)
    {
        JsonElement setup = default;
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            setup = peer.Setup;
            await peer.CloseAsync(1000);
        });
        await using var session = await server.Realtime().OpenAsync(options);
        await session.ReadToEndAsync();
        return setup;
    }
}
