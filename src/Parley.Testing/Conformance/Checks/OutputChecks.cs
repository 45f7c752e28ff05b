using System.Text.Json;
using Parley.Testing.Conformance.Running;
using Parley.Testing.Conformance.Sockets;
using static Parley.Testing.ConformanceNeeds;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Messages of the server in a turn.</summary>
internal static class OutputChecks
{
    private static readonly string[] Union = ["setupComplete", "serverContent", "toolCall", "toolCallCancellation", "goAway", "sessionResumptionUpdate"];
    private static readonly string[] Beside = ["usageMetadata", "voiceActivity", "voiceActivityDetectionSignal"];
    private static readonly string[] Content =
    [
        "modelTurn", "generationComplete", "turnComplete", "interrupted", "inputTranscription", "interimInputTranscription", "outputTranscription", "groundingMetadata",
        "urlContextMetadata", "turnCompleteReason", "waitingForInput", "interactionStatus", "speechState",
    ];

    internal static void AddTo(CheckList list)
    {
        list.Area("output", "5");
        Text(list, "json-objects", "Every message is a JSON object.", (recording, probe) =>
            Each(recording, probe, static message => message.Json.ValueKind == JsonValueKind.Object, "is no JSON object"));
        Text(list, "one-kind", "A message has at most one kind of content.", (recording, probe) =>
            Each(recording, probe, static message => Union.Count(message.Has) <= 1, "has several kinds"));
        Text(list, "known-members", "A message has only members of the protocol.", (recording, probe) =>
            Each(recording, probe, static message => message.Json.EnumerateObject().All(static member => Union.Contains(member.Name) || Beside.Contains(member.Name)), "has a member of another name"));
        Text(list, "known-content", "`serverContent` has only members of the protocol.", (recording, probe) =>
            Each(recording, probe, static message => message.At("serverContent") is not { } content || content.EnumerateObject().All(static member => Content.Contains(member.Name)), "has a member of another name"));
        list.In("2.2");
        Text(list, "lower-camel-case", "Names are in lowerCamelCase.", (recording, probe) =>
            Each(recording, probe, static message => Members(message.Json).All(static member => !member.Name.Contains('_', StringComparison.Ordinal) && !char.IsUpper(member.Name[0])), "has a name in another case"));
        Text(list, "no-null", "No member is `null`.", (recording, probe) =>
            Each(recording, probe, static message => Members(message.Json).All(static member => member.Value.ValueKind != JsonValueKind.Null), "has a null"));
        Text(list, "no-defaults", "False booleans are left out.", (recording, probe) =>
            Each(recording, probe, static message => Members(message.Json).All(static member => member.Value.ValueKind != JsonValueKind.False), "has a false"), Should);
        list.In("5.2");
        Text(list, "booleans", "`generationComplete` and `turnComplete` are booleans.", (recording, probe) =>
            Each(recording, probe, static message => Flags(message).All(static flag => flag.ValueKind is JsonValueKind.True or JsonValueKind.False), "has a flag that is no boolean"));
        Text(list, "model-role", "The role of `modelTurn` is `model`, if it has one.", (recording, probe) =>
            Each(recording, probe, static message => message.At("serverContent", "modelTurn", "role") is not { } role || role.GetString() == "model", "has another role"));
        Text(list, "parts", "`modelTurn` has at least one part.", (recording, probe) =>
            Each(recording, probe, static message => message.At("serverContent", "modelTurn") is null || Recording.PartsOf(message).Any(), "has no part"), Should);
        list.In("5.2.1");
        Text(list, "part-data", "A part has one kind of data.", (recording, probe) =>
            probe.Require(recording.Parts.All(static part => part.EnumerateObject().Count(static member => member.Name is "text" or "inlineData" or "executableCode" or "codeExecutionResult") == 1), "A part has none, or several."));
        Text(list, "no-function-call-part", "Calls come in `toolCall`, never as a part.", (recording, probe) =>
            probe.Require(!recording.Parts.Any(static part => part.TryGetProperty("functionCall", out _)), "A part has a functionCall."));
        Audio(list);
        Order(list);
        Transcripts(list);
        UsageChecks.AddTo(list);
    }

    private static void Audio(CheckList list)
    {
        list.In("2.3");
        Text(list, "audio", "The answer of a session with AUDIO has audio.", (recording, probe) => probe.Require(Blobs(recording).Any(), "There is no audio."));
        Text(list, "audio-type", "Audio has the type `audio/pcm`.", (recording, probe) => probe.Require(
            Blobs(recording).All(static blob => blob.GetProperty("mimeType").GetString()!.StartsWith("audio/pcm", StringComparison.Ordinal)), "A part has another type."));
        Text(list, "audio-rate", "Audio has a rate of 24,000 Hz.", (recording, probe) => probe.Require(
            Blobs(recording).All(static blob => blob.GetProperty("mimeType").GetString() is "audio/pcm" or "audio/pcm;rate=24000"), "A part has another rate."));
        Text(list, "audio-rate-given", "The type of audio names its rate.", (recording, probe) => probe.Require(
            Blobs(recording).All(static blob => blob.GetProperty("mimeType").GetString()!.EndsWith(";rate=24000", StringComparison.Ordinal)), "A part has no rate."), Should);
        Text(list, "audio-base64", "Audio is base64 of the standard alphabet, with padding.", (recording, probe) => probe.Require(
            Blobs(recording).All(static blob => blob.GetProperty("data").GetString() is { } data && data.Length % 4 == 0 && System.Buffers.Text.Base64.IsValid(data)), "A part is not."));
        Text(list, "audio-samples", "An answer has whole samples.", (recording, probe) => probe.Require(
            Blobs(recording).Sum(static blob => Bytes(blob.GetProperty("data").GetString()!)) is > 0 and var bytes && bytes % 2 == 0, "The audio of the answer has an odd number of bytes, or none."));
        Text(list, "no-text-parts", "A session with AUDIO has no text parts but thoughts.", (recording, probe) => probe.Require(
            !recording.Parts.Any(static part => part.TryGetProperty("text", out _) && !(part.TryGetProperty("thought", out var thought) && thought.GetBoolean())), "A part has text."));
    }

    private static void Order(CheckList list)
    {
        list.In("6.2");
        Text(list, "generation-complete", "A turn has `generationComplete` once.", (recording, probe) => probe.Require(
            recording.Messages.Count(static message => message.Content("generationComplete")) is 1 and var count, $"It came {Count(recording, "generationComplete")} times."));
        Text(list, "turn-complete", "A turn has `turnComplete` once.", (recording, probe) => probe.Require(Count(recording, "turnComplete") == 1, $"It came {Count(recording, "turnComplete")} times."));
        Text(list, "generation-before-turn", "`generationComplete` does not come after `turnComplete`.", (recording, probe) => probe.Require(
            recording.IndexOf(static message => message.Content("generationComplete")) <= recording.IndexOf(static message => message.Content("turnComplete")), "It came after it."));
        Text(list, "nothing-after-generation", "Nothing of the answer comes after `generationComplete`.", (recording, probe) => probe.Require(
            Last(recording, static message => Recording.PartsOf(message).Any()) <= recording.IndexOf(static message => message.Content("generationComplete"))
                || Count(recording, "generationComplete") == 0, "A part came after it."));
        Text(list, "nothing-after-turn", "Nothing of the answer comes after `turnComplete`.", (recording, probe) => probe.Require(
            Last(recording, static message => Recording.PartsOf(message).Any()) <= recording.IndexOf(static message => message.Content("turnComplete")), "A part came after it."));
        Text(list, "not-interrupted", "A turn that nobody interrupts has no `interrupted`.", (recording, probe) => probe.Require(Count(recording, "interrupted") == 0, "It came."));
        Text(list, "setup-complete-once", "`setupComplete` comes once.", (recording, probe) => probe.Require(
            recording.Messages.Count(static message => message.Has("setupComplete")) == 1, "It came again."));
        Text(list, "no-go-away", "A young session gets no `goAway`.", (recording, probe) => probe.Require(!recording.Messages.Any(static message => message.Has("goAway")), "It came."), Should);
        Text(list, "no-tool-call", "A session without tools gets no `toolCall`.", (recording, probe) => probe.Require(!recording.Messages.Any(static message => message.Has("toolCall")), "It came."));
        list.In("6.9");
        Text(list, "stays-open", "The session stays open after a turn.", (recording, probe) => probe.Require(!recording.Messages.Any(static message => message.IsEnd), "The server ended it."));
    }

    private static void Transcripts(CheckList list)
    {
        list.In("5.2");
        Text(list, "output-transcription", "`outputAudioTranscription` gives a transcription of the answer.", (recording, probe) => probe.Require(
            Said(recording, "outputTranscription").Length > 0, "There is none."));
        Text(list, "transcription-text", "The text of a transcription is a text.", (recording, probe) => Each(recording, probe, static message =>
            message.At("serverContent", "outputTranscription", "text") is not { } text || text.ValueKind == JsonValueKind.String, "has another"));
        list.In("6.2");
        Text(list, "transcription-in-time", "The last `outputTranscription` comes before `turnComplete`.", (recording, probe) => probe.Require(
            Last(recording, static message => message.At("serverContent", "outputTranscription") is not null) <= recording.IndexOf(static message => message.Content("turnComplete")), "It came after it."));
        Text(list, "transcription-before-generation", "The last `outputTranscription` comes before `generationComplete`.", (recording, probe) => probe.Require(
            Last(recording, static message => message.At("serverContent", "outputTranscription") is not null)
                <= recording.IndexOf(static message => message.Content("generationComplete")), "It came after it."), Should);
        list.In("4.1.6").Recorded("no-output-transcription", "Without `outputAudioTranscription` there is none.", RecordingKind.Tool,
            static (recording, probe) => probe.Require(Said(recording, "outputTranscription").Length == 0, "There is one."), Tools);
        Text(list, "no-input-transcription", "A text has no `inputTranscription`.", (recording, probe) => probe.Require(Said(recording, "inputTranscription").Length == 0, "There is one."));
        list.Recorded("input-transcription", "`inputAudioTranscription` gives a transcription of speech.", RecordingKind.Speech,
            static (recording, probe) => probe.Require(Said(recording, "inputTranscription").Length > 0, "There is none."), Speech, Should);
        list.In("6.2").Recorded("speech-audio", "Speech is answered in audio.", RecordingKind.Speech,
            static (recording, probe) => probe.Require(Blobs(recording).Any(), "There is no audio."), Speech);
        list.Recorded("speech-order", "An answer to speech has `generationComplete` before `turnComplete`.", RecordingKind.Speech, static (recording, probe) => probe.Require(
            recording.IndexOf(static message => message.Content("generationComplete")) is >= 0 and var complete
                && complete <= recording.IndexOf(static message => message.Content("turnComplete")), "It did not."), Speech);
        list.Recorded("realtime-order", "An answer to a realtime text has `generationComplete` before `turnComplete`.", RecordingKind.RealtimeText, static (recording, probe) => probe.Require(
            recording.IndexOf(static message => message.Content("generationComplete")) is >= 0 and var complete
                && complete <= recording.IndexOf(static message => message.Content("turnComplete")), "It did not."), Answers);
    }

    private static void Text(CheckList list, string name, string text, Action<Recording, Probe> verify, ConformanceSeverity severity = Must) =>
        list.Recorded(name, text, RecordingKind.Text, verify, Answers, severity);

    private static void Each(Recording recording, Probe probe, Func<ProbeMessage, bool> isRight, string wrong)
    {
        foreach (var message in recording.Messages.Where(static message => !message.IsEnd))
            probe.Require(isRight(message), $"A message {wrong}: {message}");
    }

    private static IEnumerable<JsonElement> Blobs(Recording recording) =>
        recording.Parts.Select(static part => part.TryGetProperty("inlineData", out var blob) ? blob : default).Where(static blob => blob.ValueKind == JsonValueKind.Object);

    // Of any base64: its form is a check of its own.
    private static int Bytes(string data) => data.TrimEnd('=').Length * 3 / 4;

    private static string Said(Recording recording, string kind) => string.Concat(recording.Messages.Select(message => message.At("serverContent", kind, "text")?.GetString()));

    private static int Count(Recording recording, string flag) => recording.Messages.Count(message => message.Content(flag));

    private static int Last(Recording recording, Func<ProbeMessage, bool> isIt) => recording.Messages.ToList().FindLastIndex(message => isIt(message));

    private static IEnumerable<JsonElement> Flags(ProbeMessage message) =>
        ((string[])["generationComplete", "turnComplete", "interrupted"]).Select(name => message.At("serverContent", name)).OfType<JsonElement>();

    // Every named member at any depth.
    private static IEnumerable<JsonProperty> Members(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(static member => Members(member.Value).Prepend(member)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Members),
        _ => [],
    };
}
