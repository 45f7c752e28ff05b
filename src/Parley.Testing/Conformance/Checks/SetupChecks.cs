using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Members of the setup. What they do to answers is checked where answers are.</summary>
internal static class SetupChecks
{
    private const string Invalid = "invalid argument";

    internal static void AddTo(CheckList list)
    {
        list.Area("setup", "4.1");
        list.Accepts("minimal", "A setup with nothing but a model is confirmed.", "");
        list.Must("complete-is-object", "`setupComplete` is an object.", async probe =>
        {
            var line = await probe.ConnectAsync();
            var complete = await line.SetUpAsync();
            probe.Require(complete.At("setupComplete")!.Value.ValueKind == System.Text.Json.JsonValueKind.Object, "setupComplete is no object.");
        });
        list.For(Developer, Strict).Must("model-missing", "A setup without a model closes with 1007.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync("""{"setup":{"generationConfig":{}}}""");
            await line.ExpectCloseAsync(1007);
        });
        list.Must("model-unknown", "An unknown model closes with 1008 and names the model and the version.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync(probe.Run.Setup("", "models/not-a-live-model"));
            await line.ExpectCloseAsync(1008, $"models/not-a-live-model is not found for API version {probe.Options.ApiVersion}");
        });
        list.Must("model-unknown-methods", "The close for an unknown model names `bidiGenerateContent`.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync(probe.Run.Setup("", "models/not-a-live-model"));
            await line.ExpectCloseAsync(1008, "is not supported for bidiGenerateContent");
        });
        list.For().Must("model-type", "A model that is no text closes with 1007.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync("""{"setup":{"model":5}}""");
            await line.ExpectCloseAsync(1007, "Invalid value at 'setup.model'");
        });
        Accepted(list);
        Refused(list);
        list.For(Strict);
        list.Must("config", "The `config` of the guide is refused by name.", async probe =>
        {
            var line = await probe.ConnectAsync();
            await line.SendAsync($$$$"""{"config":{"model":"{{{{probe.Options.Model}}}}"}}""");
            await line.ExpectCloseAsync(1007, "Unknown name \"config\": Cannot find field.");
        });
        list.In("3.4").Refuses("instruction-string", "A system instruction that is a string is refused.",
            "\"systemInstruction\":\"Be brief.\"", "Invalid value at 'setup.system_instruction'");
    }

    private static void Accepted(CheckList list)
    {
        list.For().In("4.1.1");
        list.Accepts("generation-config-empty", "An empty `generationConfig` is accepted.", "\"generationConfig\":{}");
        list.Accepts("modality-audio", "`responseModalities: [AUDIO]` is accepted.", "\"generationConfig\":{\"responseModalities\":[\"AUDIO\"]}");
        list.Accepts("temperature", "`temperature` is accepted.", "\"generationConfig\":{\"temperature\":0.7}");
        list.Accepts("top-p-top-k", "`topP` and `topK` are accepted.", "\"generationConfig\":{\"topP\":0.9,\"topK\":40}");
        list.Accepts("max-output-tokens", "`maxOutputTokens` is accepted.", "\"generationConfig\":{\"maxOutputTokens\":1000}");
        list.Accepts("candidate-count", "`candidateCount: 1` is accepted.", "\"generationConfig\":{\"candidateCount\":1}");
        list.Accepts("penalties", "`presencePenalty` and `frequencyPenalty` are accepted.", "\"generationConfig\":{\"presencePenalty\":0.1,\"frequencyPenalty\":-0.1}");
        list.Accepts("seed", "`seed` is accepted.", "\"generationConfig\":{\"seed\":7}");
        foreach (var resolution in (string[])["LOW", "MEDIUM", "HIGH"])
        {
            list.Accepts($"media-resolution-{resolution.ToLowerInvariant()}", $"`mediaResolution: MEDIA_RESOLUTION_{resolution}` is accepted.",
                $"\"generationConfig\":{{\"mediaResolution\":\"MEDIA_RESOLUTION_{resolution}\"}}");
        }
        list.In("4.1.2");
        list.Accepts("voice", "A prebuilt voice is accepted.", Voice("Kore"));
        list.Accepts("voice-lower-case", "The name of a voice is accepted in lower case.", Voice("kore"), severity: Should);
        list.Accepts("language", "A language code is accepted.", "\"generationConfig\":{\"speechConfig\":{\"languageCode\":\"en-US\"}}", severity: Should);
        list.In("4.1");
        list.Accepts("instruction", "A system instruction of one part is accepted.", "\"systemInstruction\":{\"parts\":[{\"text\":\"Be brief.\"}]}");
        list.Accepts("instruction-parts", "A system instruction of several parts is accepted.", "\"systemInstruction\":{\"parts\":[{\"text\":\"Be brief.\"},{\"text\":\"Be kind.\"}]}");
        list.Accepts("instruction-role", "The role of a system instruction is ignored.", "\"systemInstruction\":{\"role\":\"user\",\"parts\":[{\"text\":\"Be brief.\"}]}");
        list.Accepts("resumption", "An empty `sessionResumption` is accepted.", "\"sessionResumption\":{}");
        list.Accepts("compression", "A sliding window without numbers is accepted.", "\"contextWindowCompression\":{\"slidingWindow\":{}}");
        list.Accepts("compression-empty", "An empty `contextWindowCompression` is accepted.", "\"contextWindowCompression\":{}", severity: Should);
        list.Accepts("input-transcription", "An empty `inputAudioTranscription` is accepted.", "\"inputAudioTranscription\":{}");
        list.Accepts("output-transcription", "An empty `outputAudioTranscription` is accepted.", "\"outputAudioTranscription\":{}");
        list.Accepts("history-config", "`historyConfig` is accepted.", "\"historyConfig\":{\"initialHistoryInClientContent\":true}");
        list.Accepts("proactive-audio", "`proactiveAudio: true` is accepted.", "\"proactivity\":{\"proactiveAudio\":true}");
        list.Accepts("safety-settings", "`safetySettings` are accepted.",
            "\"safetySettings\":[{\"category\":\"HARM_CATEGORY_HARASSMENT\",\"threshold\":\"BLOCK_NONE\"}]", severity: Should);
        list.Accepts("labels", "`labels` are accepted.", "\"labels\":{\"team\":\"voice\"}", severity: Should);
        list.In("4.1.6");
        list.Accepts("transcription-languages", "`languageCodes` of a transcription are accepted.", "\"inputAudioTranscription\":{\"languageCodes\":[\"en-US\",\"pl-PL\"]}", severity: Should);
        list.Accepts("transcription-vocabulary", "`customVocabulary` of a transcription is accepted.", "\"inputAudioTranscription\":{\"customVocabulary\":[\"Parley\"]}", severity: Should);
        list.In("4.1.5");
        list.Accepts("activity-empty", "An empty `realtimeInputConfig` is accepted.", "\"realtimeInputConfig\":{}");
        list.Accepts("activity-disabled", "Automatic activity detection can be disabled.", "\"realtimeInputConfig\":{\"automaticActivityDetection\":{\"disabled\":true}}");
        foreach (var (name, member) in (ReadOnlySpan<(string, string)>)[("start", "startOfSpeechSensitivity"), ("end", "endOfSpeechSensitivity")])
        {
            foreach (var level in (string[])["HIGH", "LOW", "UNSPECIFIED"])
            {
                list.Accepts($"{name}-sensitivity-{level.ToLowerInvariant()}", $"`{member}: {name.ToUpperInvariant()}_SENSITIVITY_{level}` is accepted.",
                    $"\"realtimeInputConfig\":{{\"automaticActivityDetection\":{{\"{member}\":\"{name.ToUpperInvariant()}_SENSITIVITY_{level}\"}}}}");
            }
        }
        list.Accepts("prefix-padding", "`prefixPaddingMs` is accepted.", "\"realtimeInputConfig\":{\"automaticActivityDetection\":{\"prefixPaddingMs\":200}}");
        list.Accepts("silence-duration", "`silenceDurationMs` is accepted.", "\"realtimeInputConfig\":{\"automaticActivityDetection\":{\"silenceDurationMs\":500}}");
        foreach (var handling in (string[])["START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"])
        {
            list.Accepts($"handling-{handling.ToLowerInvariant().Replace('_', '-')}", $"`activityHandling: {handling}` is accepted.",
                $"\"realtimeInputConfig\":{{\"activityHandling\":\"{handling}\"}}");
        }
        foreach (var coverage in (string[])["ONLY_ACTIVITY", "ALL_INPUT", "AUDIO_ACTIVITY_AND_ALL_VIDEO"])
        {
            list.Accepts($"coverage-{coverage.ToLowerInvariant().Replace('_', '-')}", $"`turnCoverage: TURN_INCLUDES_{coverage}` is accepted.",
                $"\"realtimeInputConfig\":{{\"turnCoverage\":\"TURN_INCLUDES_{coverage}\"}}");
        }
    }

    private static void Refused(CheckList list)
    {
        list.For().In("3.3");
        list.Refuses("modalities-in-setup", "Generation members directly in the setup are refused by name.",
            "\"responseModalities\":[\"AUDIO\"]", "Unknown name \"responseModalities\" at 'setup': Cannot find field.");
        list.In("4.1.1");
        list.Refuses("two-modalities", "Two modalities close with 1007.", "\"generationConfig\":{\"responseModalities\":[\"AUDIO\",\"TEXT\"]}", Invalid);
        list.Refuses("affective-dialog", "Affective dialog is refused by 3.8.", "\"generationConfig\":{\"enableAffectiveDialog\":true}", "", "models/gemini-3.8-live");
        list.In("4.1.2").Refuses("multi-speaker", "Several speakers are refused.",
            "\"generationConfig\":{\"speechConfig\":{\"multiSpeakerVoiceConfig\":{\"speakerVoiceConfigs\":[]}}}", "", severity: Should);
        list.In("13.2").Refuses("voice-unknown", "An unknown voice is refused.", Voice("Callirhoe"), "", severity: Should);
        list.In("4.1");
        list.Refuses("prefix-turns", "`prefixTurns` is refused by name.", "\"prefixTurns\":[]", "Unknown name \"prefixTurns\"");
        list.Refuses("tool-config", "`toolConfig` is refused by name.", "\"toolConfig\":{}", "Unknown name \"toolConfig\"");
        list.Refuses("compression-target", "A target that is not below the trigger is refused.",
            "\"contextWindowCompression\":{\"triggerTokens\":\"5000\",\"slidingWindow\":{\"targetTokens\":\"5000\"}}", Invalid, severity: Should);
        list.Refuses("proactive-audio-off", "3.8 refuses `proactiveAudio: false`.", "\"proactivity\":{\"proactiveAudio\":false}", Invalid, "models/gemini-3.8-live");
        list.Refuses("instruction-picture-type", "A part of the instruction with an unknown member is refused.",
            "\"systemInstruction\":{\"parts\":[{\"picture\":\"x\"}]}", "Unknown name \"picture\" at 'setup.system_instruction.parts[0]'");
    }

    private static string Voice(string name) => $"\"generationConfig\":{{\"speechConfig\":{{\"voiceConfig\":{{\"prebuiltVoiceConfig\":{{\"voiceName\":\"{name}\"}}}}}}}}";
}
