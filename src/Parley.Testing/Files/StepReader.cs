using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Wire;
using Parley.Testing.Journal;

namespace Parley.Testing.Files;

/// <summary>Reads what the server does: a text that it says, one step, or a list of both.</summary>
internal sealed class StepReader(FileValues values, SpokenReply speech)
{
    /// <summary>Longest reason that a close frame can carry.</summary>
    private FileProblems Problems => values.Problems;

    /// <summary>The steps; those with errors are missing, which is reported.</summary>
    internal IReadOnlyList<Action<ScenarioRule>> Read(FileNode node) => node switch
    {
        FileScalar { IsNull: true } => Refuse(node),
        FileList list => [.. list.Items.Select(One).OfType<Action<ScenarioRule>>()],
        _ => One(node) is { } step ? [step] : [],
    };

    private Action<ScenarioRule>[] Refuse(FileNode node)
    {
        Problems.Error(node, "'model' is empty. Give a text to say or a list of steps; for an empty answer write model: [].");
        return [];
    }

    private Action<ScenarioRule>? One(FileNode node)
    {
        if (node is FileScalar)
            return values.Text(node, "say") is { } words ? rule => rule.Says(words, speech) : null;
        if (node is not FileMap map)
        {
            Problems.Error(node, $"A step must be a text to say, or a map with one of {FileProblems.Names(FileFields.Steps.Keys)}, not {node.Kind}.");
            return null;
        }
        var verbs = map.Entries.Where(static entry => FileFields.Steps.ContainsKey(entry.Key.Text)).ToList();
        if (verbs.Count != 1)
        {
            if (verbs is [var first, var second, ..])
                Problems.Error(second.Key, $"A step does one thing, but this one has '{first.Key.Text}' and '{second.Key.Text}'. Put the second into a step of its own.");
            else if (map.Entries is [{ Key: var key }, ..])
                Problems.Error(key, MapReader.Unknown(key.Text, "a step", FileFields.Steps.Keys));
            else
                Problems.Error(node, $"The step is empty. It can be: {FileProblems.Names(FileFields.Steps.Keys)}.");
            return null;
        }
        var (verb, value) = (verbs[0].Key.Text, verbs[0].Value);
        string[] known = [verb, .. FileFields.Steps[verb]];
        return Step(verb, value, MapReader.Of(node, $"a '{verb}' step", known, Problems)!);
    }

    private Action<ScenarioRule>? Step(string verb, FileNode value, MapReader map) => verb switch
    {
        "say" => Say(value, map),
        "play" => Play(value, map),
        "transcribe" => values.Text(value, verb) is { } text ? rule => rule.Transcribes(text) : null,
        "think" => values.Text(value, verb) is { } text ? rule => rule.Thinks(text) : null,
        "call" => Call(map) is { } call ? rule => rule.Calls(call) : null,
        "calls" => Calls(value),
        "wait" => values.Duration(value, verb) is { } time ? rule => rule.Waits(time) : null,
        "usage" => Message("usageMetadata", value, verb),
        "goAway" => values.Duration(value, verb, canBeZero: true) is { } left ? rule => rule.GoesAway(left) : null,
        "resumption" => MapReader.Of(value, "resumption", FileFields.Resumption, Problems) is { } update ? Resumption(update) : null,
        "interrupt" => values.Mark(value, verb) ? rule => rule.Interrupts() : null,
        "cancel" => Cancel(value),
        "close" => Close(value, map),
        "echo" => values.Mark(value, verb) ? rule => rule.Echoes() : null,
        "leaveOpen" => values.Mark(value, verb) ? rule => rule.LeavesTurnOpen() : null,
        "send" => values.Json(value, verb) is { } message ? Send(value, message, verb) : null,
        "raw" => Raw(value, map),
        _ => RawBase64(value, map),
    };

    private Action<ScenarioRule>? Say(FileNode value, MapReader map)
    {
        var reply = Speech(map, speech) with { Duration = values.Duration(map["duration"], "duration") };
        return values.Text(value, "say") is { } text ? rule => rule.Says(text, reply) : null;
    }

    private Action<ScenarioRule>? Play(FileNode value, MapReader map)
    {
        var (reply, transcript) = (Speech(map, speech), values.Text(map["transcript"], "transcript"));
        return values.Recording(value, "play") is { } recording ? rule => rule.Plays(recording, transcript, reply) : null;
    }

    internal SpokenReply Speech(MapReader map, SpokenReply defaults)
    {
        var chunk = values.Duration(map["chunk"], "chunk") ?? defaults.Chunk;
        if (map["pace"] is not { } pace)
            return defaults with { Chunk = chunk, Every = defaults.Every == defaults.Chunk ? chunk : defaults.Every };
        if (pace is FileScalar { Text: "realTime" })
            return defaults with { Chunk = chunk, Every = chunk };
        if (pace is FileScalar { Text: "fast" })
            return defaults with { Chunk = chunk, Every = TimeSpan.Zero };
        if (pace is FileScalar { Text: var text } && FileDuration.TryParse(text, out var every))
            return defaults with { Chunk = chunk, Every = every };
        Problems.Error(pace, $"'pace' must be realTime, fast or the time between two chunks, {FileDuration.Allowed}, not {pace.Kind}.");
        return defaults;
    }

    private ScriptedCall? Call(MapReader map)
    {
        if (map["call"] is null)
        {
            Problems.Error(map.Node, "The call has no name. Give it with 'call'.");
            return null;
        }
        var (name, arguments, expected) = (values.Text(map["call"], "call"), values.Json(map["args"], "args"), values.Json(map["expect"], "expect"));
        return name is null ? null : new ScriptedCall(name, arguments) { Difference = expected is { } part ? response => JsonDiff.Difference(part, response) : null };
    }

    private Action<ScenarioRule>? Calls(FileNode value)
    {
        if (value is not FileList { Items.Count: > 0 } list)
        {
            Problems.Error(value, $"'calls' must be a list of calls, not {(value is FileList ? "an empty list" : value.Kind)}. A single one is a 'call' step.");
            return null;
        }
        var calls = list.Items.Select(item => MapReader.Of(item, "a call", FileFields.Call, Problems) is { } map ? Call(map) : null).ToList();
        return calls.Contains(null) ? null : rule => rule.Calls([.. calls.Select(static call => call!)]);
    }

    private Action<ScenarioRule> Resumption(MapReader map)
    {
        var handle = map["newHandle"] is { } given ? values.Text(given, "newHandle") : null;
        var update = new SessionResumptionUpdate { NewHandle = handle, Resumable = values.Flag(map["resumable"], "resumable") ?? handle is not null };
        return rule => rule.Sends(new LiveSessionResponse { SessionResumptionUpdate = update });
    }

    private Action<ScenarioRule>? Cancel(FileNode value)
    {
        var ids = (value is FileList list ? list.Items : [value]).Select(item => values.Text(item, "cancel")).ToArray();
        return ids.Length == 0 || ids.Contains(null) ? null : rule => rule.Cancels(ids!);
    }

    private Action<ScenarioRule>? Close(FileNode value, MapReader map)
    {
        var reason = map["reason"] is { } given ? values.Text(given, "reason") ?? "" : "";
        if (Encoding.UTF8.GetByteCount(reason) > CloseReason.MaxBytes)
            Problems.Error(map["reason"]!, $"'reason' has more than {CloseReason.MaxBytes} bytes, which is all that a close frame can carry.");
        if (values.Integer(value, "close", 1000, 4999) is not { } code)
            return null;
        if (code is not (1004 or 1005 or 1006 or 1015))
            return rule => rule.Closes(code, reason);
        Problems.Error(value, $"{code} is a close code that no frame can carry. To lose the connection without a close, use a fault.");
        return null;
    }

    private Action<ScenarioRule>? Message(string member, FileNode value, string name) => values.Json(value, name) is { } part
        ? Send(value, JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { [member] = part }, FileJson.Default.DictionaryStringJsonElement), name)
        : null;

    private Action<ScenarioRule>? Send(FileNode at, JsonElement message, string name)
    {
        try
        {
            var response = LiveCodec.DecodeResponse(Encoding.UTF8.GetBytes(message.GetRawText()));
            if (response.Extra is not { Count: > 0 } extra)
                return rule => rule.Sends(response);
            Problems.Error(at, $"'{name}' has '{extra.First().Key}', which is not a member of a server message. Use 'raw' to send what no server should.");
        }
        catch (LiveProtocolException e)
        {
            Problems.Error(at, $"'{name}' is not a server message: {e.Message}. Use 'raw' to send what no server should.");
        }
        return null;
    }

    private Action<ScenarioRule>? Raw(FileNode value, MapReader map)
    {
        var type = Frame(map);
        if (value is FileMap && values.Json(value, "raw") is { } json)
            return rule => rule.SendsRaw(json.GetRawText(), type);
        return value is FileMap || values.Text(value, "raw") is not { } text ? null : rule => rule.SendsRaw(text, type);
    }

    private Action<ScenarioRule>? RawBase64(FileNode value, MapReader map)
    {
        var type = Frame(map);
        if (values.Text(value, "rawBase64") is not { } text)
            return null;
        try
        {
            var bytes = Convert.FromBase64String(text);
            return rule => rule.SendsRaw(bytes, type);
        }
        catch (FormatException)
        {
            Problems.Error(value, "'rawBase64' must be bytes in base64.");
            return null;
        }
    }

    private WebSocketMessageType Frame(MapReader map) =>
        values.OneOf(map["frame"], "frame", "binary", "text") == "text" ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
}
