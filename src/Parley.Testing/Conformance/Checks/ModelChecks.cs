using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Rules of single models. A model that the server does not have is skipped.</summary>
internal static class ModelChecks
{
    private const string Live38 = "models/gemini-3.8-live";
    private const string Thinking = "models/gemini-3.8-live-extended-thinking";
    private const string Flash31 = "models/gemini-3.1-flash-live-preview";
    private const string Native25 = "models/gemini-2.5-flash-native-audio-preview-12-2025";
    private const string Transcribe = "models/gemini-3.5-transcribe-live";
    private const string Translate = "models/gemini-3.5-live-translate-preview";

    internal static void AddTo(CheckList list)
    {
        list.Area("models", "4.1.3").For(Developer, Strict);
        list.Refuses("38-thinking-level", "3.8 refuses a thinking level.", Think("\"thinkingLevel\":\"LOW\""), "Thinking level is not supported for this model", Live38);
        list.Refuses("38-thinking-budget", "3.8 refuses a thinking budget.", Think("\"thinkingBudget\":0"), "Thinking level is not supported for this model", Live38);
        list.Accepts("25-thinking-budget", "2.5 takes a thinking budget.", Think("\"thinkingBudget\":0"), Native25);
        list.Accepts("25-thinking-automatic", "2.5 takes the budget −1.", Think("\"thinkingBudget\":-1"), Native25);
        foreach (var level in (string[])["MINIMAL", "LOW", "MEDIUM", "HIGH"])
        {
            list.Accepts($"31-thinking-{level.ToLowerInvariant()}", $"3.1 takes the thinking level {level}.", Think($"\"thinkingLevel\":\"{level}\""), Flash31);
            if (level != "MINIMAL")
                list.Accepts($"extended-{level.ToLowerInvariant()}", $"Extended thinking takes the level {level}.", Think($"\"thinkingLevel\":\"{level}\""), Thinking);
        }
        list.Accepts("extended-lower-case", "Extended thinking takes the level in lower case.", Think("\"thinkingLevel\":\"low\""), Thinking);
        list.Accepts("extended-budget", "Extended thinking takes a budget.", Think("\"thinkingBudget\":1000"), Thinking);
        list.Refuses("extended-none", "Extended thinking requires a level or a budget.", "", "Thinking level must be specified", Thinking);
        list.Refuses("extended-minimal", "Extended thinking refuses the level MINIMAL.", Think("\"thinkingLevel\":\"MINIMAL\""), "", Thinking);
        list.Refuses("extended-both", "Extended thinking refuses a level and a budget together.", Think("\"thinkingLevel\":\"LOW\",\"thinkingBudget\":5"), "", Thinking);
        list.In("4.1.4");
        list.Refuses("extended-blocking", "Extended thinking refuses blocking functions.", Think("\"thinkingLevel\":\"LOW\"") + Declares("BLOCKING"), "", Thinking);
        list.Refuses("31-non-blocking", "3.1 refuses functions that do not block.", Declares("NON_BLOCKING")[1..], "", Flash31);
        list.In("4.1.1");
        list.Refuses("25-text", "A native audio model refuses TEXT.", "\"generationConfig\":{\"responseModalities\":[\"TEXT\"]}",
            "Request contains an invalid argument.|Cannot extract voices from a non-audio request.", Native25);
        list.Refuses("25-text-with-voice", "TEXT with a voice names the voices.", "\"generationConfig\":{\"responseModalities\":[\"TEXT\"],\"speechConfig\":{\"languageCode\":\"en-US\"}}",
            "Cannot extract voices from a non-audio request.|Request contains an invalid argument.", Native25);
        list.Accepts("transcribe-text", "The transcription model takes TEXT.", "\"generationConfig\":{\"responseModalities\":[\"TEXT\"]}", Transcribe);
        list.Refuses("transcribe-audio", "The transcription model refuses AUDIO.", "\"generationConfig\":{\"responseModalities\":[\"AUDIO\"]}", "", Transcribe);
        list.Accepts("translate", "The translation model takes a target language.", "\"generationConfig\":{\"translationConfig\":{\"targetLanguageCode\":\"pl\"}}", Translate);
        list.Accepts("translate-echo", "The translation model takes `echoTargetLanguage`.",
            "\"generationConfig\":{\"translationConfig\":{\"targetLanguageCode\":\"pl\",\"echoTargetLanguage\":true}}", Translate);
        list.For(Strict).In("13.1");
        list.Refuses("25-affective-v1beta", "2.5 knows affective dialog on v1alpha only.", "\"generationConfig\":{\"enableAffectiveDialog\":true}",
            "Unknown name \"enableAffectiveDialog\"", Native25);
        list.Refuses("25-proactive-v1beta", "2.5 knows proactivity on v1alpha only.", "\"proactivity\":{\"proactiveAudio\":true}", "Unknown name \"proactivity\"", Native25);
        list.Refuses("translate-without-target", "The translation model requires a target language.", "", "", Translate, ConformanceSeverity.Should);
    }

    private static string Think(string members) => $"\"generationConfig\":{{\"thinkingConfig\":{{{members}}}}}";

    private static string Declares(string behavior) => $",\"tools\":[{{\"functionDeclarations\":[{{\"name\":\"f\",\"behavior\":\"{behavior}\"}}]}}]";
}
