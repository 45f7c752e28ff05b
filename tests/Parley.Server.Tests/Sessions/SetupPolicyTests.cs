using System.Text;
using Parley.Protocol;
using Parley.Server.Models;
using Parley.Server.Sessions;
using Parley.Server.Wire;
using Parley.TestKit;

namespace Parley.Server.Tests.Sessions;

public sealed class SetupPolicyTests
{
    private readonly SetupPolicy _policy = new(new GeminiVoiceNames());

    public static TheoryData<string> Setups => [.. WireExamples.Client.Where(static f => f.Contains("setup", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Setups))]
    public void Every_example_setup_is_accepted(string file)
    {
        var setup = LiveCodec.DecodeRequest(WireExamples.Utf8(file)).Setup!;

        var applied = Apply(setup, setup.Model ?? "gemini-3.8-live");

        Assert.Single(applied.GenerationConfig!.ResponseModalities!);
    }

    [Theory]
    [InlineData("gemini-2.5-flash-native-audio-latest", """{"generationConfig":{"responseModalities":["TEXT"],"speechConfig":{}}}""", "Cannot extract voices from a non-audio request.")]
    [InlineData("gemini-2.5-flash-native-audio-latest", """{"generationConfig":{"responseModalities":["VIDEO"]}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-9-live", """{"generationConfig":{"responseModalities":["TEXT","AUDIO"]}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.5-transcribe-live", """{"generationConfig":{"responseModalities":["AUDIO"]}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", """{"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}}""", "Thinking level is not supported for this model")]
    [InlineData("gemini-3.8-live-extended-thinking", """{"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}""", "Thinking level must be specified")]
    [InlineData("gemini-3.8-live-extended-thinking", """{"generationConfig":{"thinkingConfig":{"thinkingLevel":"minimal"}}}""", "Thinking level is not supported for this model")]
    [InlineData("gemini-3.8-live-extended-thinking", """{"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","thinkingBudget":1}}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", """{"generationConfig":{"enableAffectiveDialog":true}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", """{"proactivity":{"proactiveAudio":false}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-2.5-flash-native-audio-latest", """{"proactivity":{"proactiveVideo":true}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", """{"generationConfig":{"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Callirhoe"}}}}}""", "There is no voice 'Callirhoe'.")]
    [InlineData("gemini-3.8-live", """{"tools":[{"functionDeclarations":[{"name":"1st"}]}]}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", """{"tools":[{"functionDeclarations":[{"description":"nameless"}]}]}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", """{"tools":[{"functionDeclarations":[{"name":"f"}]},{"functionDeclarations":[{"name":"f"}]}]}""", "The function 'f' is declared twice.")]
    [InlineData("gemini-3.8-live", """{"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"},"parametersJsonSchema":{}}]}]}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.1-flash-live-preview", """{"tools":[{"functionDeclarations":[{"name":"f","behavior":"NON_BLOCKING"}]}]}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live-extended-thinking", """{"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}},"tools":[{"functionDeclarations":[{"name":"f","behavior":"BLOCKING"}]}]}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", """{"contextWindowCompression":{"triggerTokens":"100","slidingWindow":{"targetTokens":100}}}""", "Request contains an invalid argument.")]
    public void Unsupported_setup_is_refused(string model, string setup, string reason)
    {
        var refused = Assert.Throws<LiveCloseException>(() => Apply(setup, model));

        Assert.Equal(new LiveClose(1007, reason), refused.Close);
    }

    [Theory]
    [InlineData("gemini-2.0-flash-live-001", """{"generationConfig":{"responseModalities":["TEXT"]}}""", "TEXT")]
    [InlineData("gemini-9-live", """{"generationConfig":{"responseModalities":["TEXT"]}}""", "TEXT")]
    [InlineData("gemini-3.5-transcribe-live", "{}", "TEXT")]
    [InlineData("gemini-3.8-live", """{"generationConfig":{"enableAffectiveDialog":false,"thinkingConfig":{"thinkingLevel":"THINKING_LEVEL_UNSPECIFIED"}}}""", "AUDIO")]
    [InlineData("gemini-3.8-live", """{"proactivity":{"proactiveAudio":true,"proactiveVideo":true}}""", "AUDIO")]
    [InlineData("gemini-3.8-live-extended-thinking", """{"generationConfig":{"thinkingConfig":{"thinkingBudget":100}}}""", "AUDIO")]
    public void Supported_setup_is_accepted_with_its_modality(string model, string setup, string modality)
    {
        Assert.Equal([new Modality(modality)], Apply(setup, model).GenerationConfig!.ResponseModalities!);
    }

    [Fact]
    public void Voice_is_accepted_in_any_case_and_passed_on_as_it_is_listed()
    {
        foreach (var voice in new GeminiVoiceNames().All)
        {
            foreach (var asked in (string[])[voice.Name, voice.Name.ToLowerInvariant(), voice.Name.ToUpperInvariant()])
            {
                var json = """{"generationConfig":{"speechConfig":{"languageCode":"en-US","voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"?"}}}}}""";
                var applied = Apply(json.Replace("?", asked, StringComparison.Ordinal), "gemini-3.8-live");
                var speech = applied.GenerationConfig!.SpeechConfig!;
                Assert.Equal((voice.Name, "en-US"), (speech.VoiceConfig!.PrebuiltVoiceConfig!.VoiceName, speech.LanguageCode));
            }
        }
    }

    [Theory]
    [InlineData("gemini-2.5-flash-native-audio-latest", "v1beta", """{"generationConfig":{"enableAffectiveDialog":true}}""",
        "Invalid JSON payload received. Unknown name \"enableAffectiveDialog\" at 'setup.generation_config': Cannot find field.")]
    [InlineData("gemini-2.5-flash-native-audio-latest", "v1beta", """{"generationConfig":{"enableAffectiveDialog":false}}""",
        "Invalid JSON payload received. Unknown name \"enableAffectiveDialog\" at 'setup.generation_config': Cannot find field.")]
    [InlineData("gemini-2.5-flash-native-audio-latest", "v1beta", """{"proactivity":{"proactiveAudio":true}}""",
        "Invalid JSON payload received. Unknown name \"proactivity\" at 'setup': Cannot find field.")]
    [InlineData("gemini-2.5-flash-native-audio-latest", "v1", """{"proactivity":{}}""", "Invalid JSON payload received. Unknown name \"proactivity\" at 'setup': Cannot find field.")]
    [InlineData("gemini-2.5-flash-native-audio-latest", "v1alpha", """{"proactivity":{"proactiveAudio":true},"generationConfig":{"enableAffectiveDialog":true}}""", null)]
    [InlineData("gemini-3.5-live-translate-preview", "v1", "{}", "Request contains an invalid argument.")]
    [InlineData("gemini-3.5-live-translate-preview", "v1beta", """{"generationConfig":{"translationConfig":{"echoTargetLanguage":true}}}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.5-live-translate-preview", "v1beta", """{"generationConfig":{"translationConfig":{"targetLanguageCode":"es"}}}""", null)]
    [InlineData("gemini-3.8-live", "v1beta", """{"tools":[{"functionDeclarations":[]}]}""", "Request contains an invalid argument.")]
    [InlineData("gemini-3.8-live", "v1beta", """{"tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"f"}]}]}""", null)]
    [InlineData("gemini-9-live", "v1beta", """{"generationConfig":{"enableAffectiveDialog":true}}""", null)]
    public void Strict_server_refuses_what_the_public_service_refuses(string model, string version, string setup, string? reason)
    {
        var refused = Record.Exception(() => SetupPolicy.RequirePublic(LiveCodec.DecodeSetup(Encoding.UTF8.GetBytes(setup)), ModelProfiles.Of(model), version));

        Assert.Equal(reason is null ? null : new LiveClose(1007, reason), (refused as LiveCloseException)?.Close);
    }

    [Fact]
    public void Unspecified_values_are_removed_from_a_copy()
    {
        var asked = LiveCodec.DecodeSetup(
            """
            {"realtimeInputConfig":{"turnCoverage":"TURN_COVERAGE_UNSPECIFIED","activityHandling":"ACTIVITY_HANDLING_UNSPECIFIED",
             "automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_UNSPECIFIED","silenceDurationMs":5}},
             "tools":[{"functionDeclarations":[{"name":"f","behavior":"UNSPECIFIED"}]}]}
            """u8);

        var applied = Apply(asked, "gemini-3.8-live");

        Assert.Equal(new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { SilenceDurationMs = 5 } }, applied.RealtimeInputConfig);
        Assert.Null(applied.Tools![0].FunctionDeclarations![0].Behavior);
        Assert.Null(asked.GenerationConfig);
    }

    private Setup Apply(string setup, string model) => Apply(LiveCodec.DecodeSetup(Encoding.UTF8.GetBytes(setup)), model);

    private Setup Apply(Setup setup, string model)
    {
        var name = ModelName.Canonical(model);
        return _policy.Apply(setup, name, ModelProfiles.Of(ModelName.Id(name)!));
    }
}
