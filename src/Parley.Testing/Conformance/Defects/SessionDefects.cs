using System.Text.Json.Nodes;

namespace Parley.Testing.Conformance.Defects;

/// <summary>Faults in what a server does with the messages of a client.</summary>
internal static class SessionDefects
{
    internal static IReadOnlyList<ServerDefect> All { get; } =
    [
        new("double-slash-refused", "A double slash inside the path is not found.", ["handshake.double-slash-inside"], static () => new()
        {
            Refuses = static target => target.Contains("/ws//", StringComparison.Ordinal),
        }),
        new("enum-case", "Names of enums are taken in upper case only.", ["json.enum-lower-case"], static () => new()
        {
            OnClient = static (message, output) =>
            {
                if (message.ToJsonString().Contains("[\"audio\"]", StringComparison.Ordinal))
                    output.CloseBack(1007, "Invalid value at 'setup.generation_config.response_modalities[0]'");
                else
                    output.Pass();
            },
        }),
        new("prefix-turns-accepted", "`prefixTurns` is ignored in place of refused.", ["setup.prefix-turns"], static () => Setup(static setup => setup.Remove("prefixTurns"))),
        new("unknown-handle-accepted", "An unknown handle begins a new session.", ["resumption.invalid"], static () => Setup(static setup =>
        {
            if (setup["sessionResumption"] is not JsonObject resumption || resumption["handle"]?.ToJsonString() != "\"not-a-handle\"")
                return false;
            resumption.Remove("handle");
            return true;
        })),
        new("wrong-order-close", "A setup after a turn without calls is closed as an internal error.", ["order.second-setup-after-turn"], WrongOrderClose),
        new("answers-incomplete-turns", "A turn is answered before it is complete.", ["content.incomplete-waits"], static () => new()
        {
            OnClient = static (message, output) =>
            {
                if (message["clientContent"] is JsonObject content && content.ContainsKey("turns") && !content.ContainsKey("turnComplete") && content.ToJsonString().Contains("Say hello", StringComparison.Ordinal))
                    content["turnComplete"] = true;
                output.Send(message);
            },
        }),
        new("repeated-call-ids", "Each turn numbers its calls from 1.", ["tools.ids-differ"], RepeatedIds),
        new("arguments-as-text", "Arguments of a call are a text.", ["tools.args-object"], static () => new()
        {
            OnServer = static (message, output) =>
            {
                foreach (var call in message["toolCall"]?["functionCalls"]?.AsArray() ?? [])
                    call!["args"] = call["args"]?.ToJsonString();
                output.Send(message);
            },
        }),
        new("speaks-in-call", "The model speaks while it should wait for a response.", ["tools.waits-long"], static () => new()
        {
            OnServer = static (message, output) =>
            {
                output.Pass();
                if (message["toolCall"]?["functionCalls"] is JsonArray { Count: 1 })
                    output.Send("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}}""");
            },
        }),
        new("nested-scheduling-ignored", "`scheduling` inside a response is ignored.", ["tools.scheduling-inside"], static () => new()
        {
            OnClient = static (message, output) =>
            {
                if (message["toolResponse"]?["functionResponses"] is JsonArray responses)
                {
                    foreach (var response in responses)
                        (response?["response"] as JsonObject)?.Remove("scheduling");
                }
                output.Send(message);
            },
        }),
        new("wrong-cancellation", "Another call is cancelled than the one that is open.", ["interruption.cancels-call"], static () => new()
        {
            OnServer = static (message, output) =>
            {
                if (message["toolCallCancellation"] is JsonObject cancellation)
                    cancellation["ids"] = new JsonArray("another");
                output.Send(message);
            },
        }),
        new("unmarked-handle", "Handles come without `resumable`.", ["resumption.resumable"], static () => new()
        {
            OnServer = static (message, output) =>
            {
                (message["sessionResumptionUpdate"] as JsonObject)?.Remove("resumable");
                output.Send(message);
            },
        }),
        new("handle-in-call", "A handle comes while a call is open.", ["resumption.open-call"], static () => new()
        {
            OnServer = static (message, output) =>
            {
                output.Pass();
                if (message.ContainsKey("toolCall"))
                    output.Send("""{"sessionResumptionUpdate":{"newHandle":"too-early","resumable":true}}""");
            },
        }),
        new("uninvited-handle", "Handles come without being asked for.", ["resumption.no-update"], static () =>
        {
            var isAsked = false;
            return new()
            {
                OnClient = (message, output) =>
                {
                    isAsked |= message["setup"]?["sessionResumption"] is not null;
                    output.Pass();
                },
                OnServer = (message, output) =>
                {
                    output.Pass();
                    if (!isAsked && OutputDefects.IsSet(message, "turnComplete"))
                        output.Send("""{"sessionResumptionUpdate":{"newHandle":"unasked","resumable":true}}""");
                },
            };
        }),
    ];

    private static DefectFilter Setup(Predicate<JsonObject> change) => new()
    {
        OnClient = (message, output) =>
        {
            if (message["setup"] is JsonObject setup && change(setup))
                output.Send(message);
            else
                output.Pass();
        },
    };

    private static DefectFilter WrongOrderClose()
    {
        var (hadTurn, hadCall) = (false, false);
        return new()
        {
            OnServer = (message, output) =>
            {
                hadTurn |= OutputDefects.IsSet(message, "turnComplete");
                hadCall |= message.ContainsKey("toolCall");
                output.Pass();
            },
            OnClient = (message, output) =>
            {
                if (hadTurn && !hadCall && message.ContainsKey("setup"))
                    output.CloseBack(1011, "Internal error encountered.");
                else
                    output.Pass();
            },
        };
    }

    // The server goes on to use its own ids.
    private static DefectFilter RepeatedIds()
    {
        var ids = new Dictionary<string, string>();
        return new()
        {
            OnServer = (message, output) =>
            {
                if (message["toolCall"]?["functionCalls"] is JsonArray calls)
                {
                    for (var i = 0; i < calls.Count; i++)
                    {
                        var name = $"call-{i + 1}";
                        ids[name] = calls[i]!["id"]!.GetValue<string>();
                        calls[i]!["id"] = name;
                    }
                }
                else if (message["toolCallCancellation"]?["ids"] is JsonArray cancelled)
                {
                    for (var i = 0; i < cancelled.Count; i++)
                        cancelled[i] = ids.FirstOrDefault(pair => pair.Value == cancelled[i]!.GetValue<string>()).Key;
                }
                output.Send(message);
            },
            OnClient = (message, output) =>
            {
                var text = message.ToJsonString();
                foreach (var (name, id) in ids)
                    text = text.Replace($"\"id\":\"{name}\"", $"\"id\":\"{id}\"", StringComparison.Ordinal);
                if (message["toolResponse"] is null && message["tool_response"] is null)
                    output.Pass();
                else
                    output.Send(text);
            },
        };
    }
}
