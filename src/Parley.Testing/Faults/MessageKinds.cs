using System.Text.Json;
using Parley.Server;

namespace Parley.Testing.Faults;

/// <summary>What a message contains, as far as faults are concerned.</summary>
[Flags]
internal enum MessageKinds
{
    None = 0,
    Setup = 1,
    ClientText = 1 << 1,
    ClientAudio = 1 << 2,
    ToolResponse = 1 << 3,
    SetupComplete = 1 << 4,
    Audio = 1 << 5,
    ToolCall = 1 << 6,
    GoAway = 1 << 7,
    Interrupted = 1 << 8,
    GenerationComplete = 1 << 9,
    TurnComplete = 1 << 10,
    Handle = 1 << 11,
}

internal static class MessageReader
{
    /// <summary>The message as JSON, and what it contains; nothing if it is no JSON object.</summary>
    internal static (JsonElement? Json, MessageKinds Kinds) Read(WireMessage message, bool fromClient)
    {
        try
        {
            var json = JsonElement.Parse(message.Payload.Span);
            return json.ValueKind == JsonValueKind.Object ? (json, fromClient ? OfClient(json) : OfServer(json)) : (json, MessageKinds.None);
        }
        catch (JsonException)
        {
            return (null, MessageKinds.None);
        }
    }

    /// <summary>A member by its name in lower camel case; snake case is the same to a reader of proto3 JSON.</summary>
    internal static JsonElement? Member(this JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;
        if (json.TryGetProperty(name, out var value) || json.TryGetProperty(JsonNamingPolicy.SnakeCaseLower.ConvertName(name), out value))
            return value.ValueKind == JsonValueKind.Null ? null : value;
        return null;
    }

    private static MessageKinds OfClient(JsonElement json)
    {
        var kinds = MessageKinds.None;
        if (json.Member("setup") is not null)
            kinds |= MessageKinds.Setup;
        if (json.Member("toolResponse") is not null)
            kinds |= MessageKinds.ToolResponse;
        if (json.Member("clientContent") is not null || json.Member("realtimeInput")?.Member("text") is not null)
            kinds |= MessageKinds.ClientText;
        if (json.Member("realtimeInput")?.Member("audio") is not null || json.Member("realtimeInput")?.Member("mediaChunks") is not null)
            kinds |= MessageKinds.ClientAudio;
        return kinds;
    }

    private static MessageKinds OfServer(JsonElement json)
    {
        var kinds = MessageKinds.None;
        if (json.Member("setupComplete") is not null)
            kinds |= MessageKinds.SetupComplete;
        if (json.Member("toolCall") is not null)
            kinds |= MessageKinds.ToolCall;
        if (json.Member("goAway") is not null)
            kinds |= MessageKinds.GoAway;
        if (json.Member("sessionResumptionUpdate")?.Member("newHandle") is { ValueKind: JsonValueKind.String } handle && handle.ValueEquals("") is false)
            kinds |= MessageKinds.Handle;
        if (json.Member("serverContent") is not { } content)
            return kinds;
        if (content.Member("interrupted") is { ValueKind: JsonValueKind.True })
            kinds |= MessageKinds.Interrupted;
        if (content.Member("generationComplete") is { ValueKind: JsonValueKind.True })
            kinds |= MessageKinds.GenerationComplete;
        if (content.Member("turnComplete") is { ValueKind: JsonValueKind.True })
            kinds |= MessageKinds.TurnComplete;
        if (content.Member("modelTurn")?.Member("parts") is { ValueKind: JsonValueKind.Array } parts && parts.EnumerateArray().Any(IsAudio))
            kinds |= MessageKinds.Audio;
        return kinds;
    }

    private static bool IsAudio(JsonElement part) =>
        part.Member("inlineData")?.Member("mimeType") is { ValueKind: JsonValueKind.String } type
        && type.GetString()!.StartsWith("audio/", StringComparison.OrdinalIgnoreCase);
}
