using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Client.Tests;

public class LiveSetupTests
{
    [Fact]
    public void Unset_members_are_not_sent() =>
        Assert.Equal("""{"model":"models/m"}""", Json(new LiveSetup { Model = "m", Tools = [], ResponseModalities = [], Labels = new Dictionary<string, string>() }));

    [Theory]
    [InlineData("m", "models/m")]
    [InlineData("models/m", "models/m")]
    [InlineData("tunedModels/m", "tunedModels/m")]
    public void A_model_name_without_a_prefix_gets_one(string given, string sent) => Assert.Equal(sent, new LiveSetup { Model = given }.ToWire().Model);

    [Fact]
    public void The_flat_setup_maps_to_the_wire_setup()
    {
        var json = Json(new LiveSetup
        {
            Model = "m",
            ResponseModalities = [Modality.Audio],
            SystemInstruction = "Be brief.",
            Voice = "Puck",
            LanguageCode = "de-DE",
            Temperature = 0.5,
            Thinking = new ThinkingConfig { ThinkingBudget = 0 },
            InputTranscription = true,
            OutputTranscription = new AudioTranscriptionConfig { LanguageCodes = ["de-DE"] },
            RealtimeInput = new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } },
            SessionResumption = new SessionResumptionConfig { Handle = "" },
            ContextWindowCompression = new ContextWindowCompressionConfig { SlidingWindow = new SlidingWindow() },
            InitialHistory = true,
            Tools = [new Tool { GoogleSearch = new GoogleSearch() }],
            Configure = setup => setup.GenerationConfig!.CandidateCount = 1,
        });

        Assert.True(
            JsonElement.DeepEquals(
                JsonElement.Parse(json),
                JsonElement.Parse(
                    """
                    {"model":"models/m","generationConfig":{"candidateCount":1,"responseModalities":["AUDIO"],"temperature":0.5,"thinkingConfig":{"thinkingBudget":0},
                     "speechConfig":{"languageCode":"de-DE","voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Puck"}}}},
                     "contextWindowCompression":{"slidingWindow":{}},"historyConfig":{"initialHistoryInClientContent":true},
                     "inputAudioTranscription":{},"outputAudioTranscription":{"languageCodes":["de-DE"]},
                     "realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}},"sessionResumption":{},
                     "systemInstruction":{"parts":[{"text":"Be brief."}]},"tools":[{"googleSearch":{}}]}
                    """)),
            json);
        Assert.Empty(WireSchema.Live.Validate("ClientMessage", JsonElement.Parse($$"""{"setup":{{json}}}""")));
    }

    private static string Json(LiveSetup setup)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(setup.ToWire(), buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    [Fact]
    public void The_wire_form_is_readable_as_JSON()
    {
        var setup = new LiveSetup
        {
            Model = "m",
            Voice = "Kore",
            Overrides = new System.Text.Json.Nodes.JsonObject { ["labels"] = new System.Text.Json.Nodes.JsonObject { ["a"] = "b" } },
        };

        Assert.Equal(
            """{"model":"models/m","generationConfig":{"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}},"labels":{"a":"b"}}""",
            setup.ToWireJson().ToJsonString());
    }
}
