using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Parley.Testing.Conformance.Defects;

/// <summary>Faults in the messages of a server.</summary>
internal static class OutputDefects
{
    internal static IReadOnlyList<ServerDefect> All { get; } =
    [
        new("text-frames", "Messages are sent in text frames.", ["framing.binary-output"], static () => new() { ServerType = WebSocketMessageType.Text }),
        Content("null-members", "Absent members are sent as null.", "output.no-null", static content => content["groundingMetadata"] = null),
        Content("unknown-member", "`serverContent` has a member that the protocol does not have.", "output.known-content", static content => content["mood"] = "good"),
        Content("false-flags", "Flags that are false are sent.", "output.no-defaults", static content => content["waitingForInput"] = false),
        Turn("user-role", "The answer has the role of the user.", "output.model-role", static turn => turn["role"] = "user"),
        Blob("bare-audio-type", "The type of audio does not name the rate.", "output.audio-rate-given", static blob => blob["mimeType"] = "audio/pcm"),
        Blob("url-safe-base64", "Audio is base64 of the URL-safe alphabet without padding.", "output.audio-base64", static blob =>
            blob["data"] = blob["data"]!.GetValue<string>().Replace('+', '-').Replace('/', '_').TrimEnd('=')),
        Usage("snake-case-members", "A name is in snake_case.", "output.lower-camel-case", static usage => usage["service_tier"] = "standard"),
        Usage("wrong-total", "The total of tokens is wrong.", "usage.total", static usage => usage["totalTokenCount"] = 0),
        Usage("vertex-usage-names", "Usage has a name of Vertex.", "usage.developer-names", static usage => usage["candidatesTokenCount"] = 0),
        new("no-usage", "Usage is not reported.", ["usage.reported"], static () => new()
        {
            OnServer = static (message, output) =>
            {
                message.Remove("usageMetadata");
                output.Send(message);
            },
        }),
        new("unknown-message", "A message of another kind comes after each turn.", ["output.known-members"], static () => After("turnComplete", """{"mood":{"is":"good"}}""")),
        new("setup-complete-twice", "`setupComplete` comes again after each turn.", ["output.setup-complete-once"], static () => After("turnComplete", """{"setupComplete":{}}""")),
        new("late-generation-complete", "`generationComplete` comes after `turnComplete`.", ["output.generation-before-turn", "output.speech-order", "output.realtime-order"], LateGenerationComplete),
        new("late-transcription", "The end of the transcription comes after `generationComplete`.", ["output.transcription-before-generation"], LateTranscription),
        new(
            "audio-after-interruption", "A rest of the answer comes after `interrupted`.", ["interruption.content-no-audio", "interruption.speech-no-audio"],
            static () => After("interrupted", """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}}""")),
    ];

    internal static bool IsSet(JsonObject message, string flag) => message["serverContent"]?[flag]?.GetValue<bool>() is true;

    private static ServerDefect Content(string name, string description, string check, Action<JsonObject> change) =>
        new(name, description, [check], () => Changes(message => message["serverContent"] as JsonObject, change));

    private static ServerDefect Turn(string name, string description, string check, Action<JsonObject> change) =>
        new(name, description, [check], () => Changes(static message => message["serverContent"]?["modelTurn"] as JsonObject, change));

    private static ServerDefect Blob(string name, string description, string check, Action<JsonObject> change) =>
        new(name, description, [check], () => Changes(static message => message["serverContent"]?["modelTurn"]?["parts"]?[0]?["inlineData"] as JsonObject, change));

    private static ServerDefect Usage(string name, string description, string check, Action<JsonObject> change) =>
        new(name, description, [check], () => Changes(static message => message["usageMetadata"] as JsonObject, change));

    private static DefectFilter Changes(Func<JsonObject, JsonObject?> find, Action<JsonObject> change) => new()
    {
        OnServer = (message, output) =>
        {
            if (find(message) is not { } part)
            {
                output.Pass();
                return;
            }
            change(part);
            output.Send(message);
        },
    };

    private static DefectFilter After(string flag, string more) => new()
    {
        OnServer = (message, output) =>
        {
            output.Pass();
            if (IsSet(message, flag))
                output.Send(more);
        },
    };

    private static DefectFilter LateGenerationComplete() => new()
    {
        OnServer = static (message, output) =>
        {
            var isComplete = IsSet(message, "generationComplete");
            if (isComplete)
                message["serverContent"]!.AsObject().Remove("generationComplete");
            output.Send(message);
            if (IsSet(message, "turnComplete") && !IsSet(message, "interrupted"))
                output.Send("""{"serverContent":{"generationComplete":true}}""");
        },
    };

    private static DefectFilter LateTranscription()
    {
        JsonObject? held = null;
        return new()
        {
            OnServer = (message, output) =>
            {
                var isComplete = IsSet(message, "generationComplete");
                if (message["serverContent"]?["outputTranscription"] is not null && !isComplete)
                {
                    if (held is not null)
                        output.Send(held);
                    held = message;
                    return;
                }
                output.Pass();
                if (held is null || !isComplete)
                    return;
                output.Send(held);
                held = null;
            },
        };
    }
}
