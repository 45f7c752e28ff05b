using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>Finds the texts of a message, and puts others in their place: in the message as an object, or in its JSON, where all other members stay.</summary>
internal static class MessageTexts
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = LiveCodec.MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What the client typed, whatever role it gives to a turn.</summary>
    internal static List<CallText> Of(LiveSessionRequest message)
    {
        var texts = new List<CallText>();
        Add(texts, TextPlace.Typed, message.RealtimeInput?.Text);
        var turns = message.ClientContent?.Turns ?? [];
        for (var turn = 0; turn < turns.Count; turn++)
            AddParts(texts, TextPlace.Content, turns[turn].Parts, turn);
        return texts;
    }

    /// <summary>What was said in a message of the model, as far as it is checked.</summary>
    internal static List<CallText> Of(LiveSessionResponse message, bool ofUser, bool ofModel)
    {
        var texts = new List<CallText>();
        if (message.ServerContent is not { } content)
            return texts;
        if (ofUser)
            Add(texts, TextPlace.InputTranscription, content.InputTranscription?.Text);
        if (ofModel)
        {
            Add(texts, TextPlace.OutputTranscription, content.OutputTranscription?.Text);
            AddParts(texts, TextPlace.ModelTurn, content.ModelTurn?.Parts, turn: 0);
        }
        return texts;
    }

    internal static LiveSessionRequest Apply(LiveSessionRequest message, IReadOnlyList<TextEdit> edits)
    {
        foreach (var (at, text) in edits)
        {
            if (at.Place == TextPlace.Typed)
            {
                message = message with { RealtimeInput = message.RealtimeInput! with { Text = text } };
                continue;
            }
            List<Content> turns = [.. message.ClientContent!.Turns!];
            turns[at.Turn] = Apply(turns[at.Turn], at.Part, text);
            message = message with { ClientContent = message.ClientContent with { Turns = turns } };
        }
        return message;
    }

    internal static LiveSessionResponse Apply(LiveSessionResponse message, IReadOnlyList<TextEdit> edits)
    {
        var content = message.ServerContent!;
        foreach (var (at, text) in edits)
        {
            content = at.Place switch
            {
                // The words beside a text are those of the old one.
                TextPlace.InputTranscription => content with { InputTranscription = content.InputTranscription! with { Text = text, Words = null } },
                TextPlace.OutputTranscription => content with { OutputTranscription = content.OutputTranscription! with { Text = text, Words = null } },
                _ => content with { ModelTurn = Apply(content.ModelTurn!, at.Part, text) },
            };
        }
        return message with { ServerContent = content };
    }

    /// <summary>Puts texts into the JSON of a message.</summary>
    /// <returns>The new message; null if it is written in another way than the service writes it.</returns>
    internal static ReadOnlyMemory<byte>? Apply(ReadOnlySpan<byte> payload, IReadOnlyList<TextEdit> edits)
    {
        try
        {
            var root = JsonNode.Parse(payload, documentOptions: Reading);
            foreach (var (at, text) in edits)
            {
                if (Find(root, at) is not { } owner || !owner.ContainsKey("text"))
                    return null;
                owner["text"] = text;
                if (at.IsSpoken)
                    owner.Remove("words");
            }
            var buffer = new ArrayBufferWriter<byte>(payload.Length + 64);
            using (var writer = new Utf8JsonWriter(buffer, Writing))
                root!.WriteTo(writer);
            return buffer.WrittenMemory;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static JsonObject? Find(JsonNode? root, CallText at) => (at.Place switch
    {
        TextPlace.Typed => Member(root, "realtimeInput", "realtime_input"),
        TextPlace.Content => Item(Member(Item(Member(Member(root, "clientContent", "client_content"), "turns"), at.Turn), "parts"), at.Part),
        TextPlace.InputTranscription => Member(Member(root, "serverContent"), "inputTranscription"),
        TextPlace.OutputTranscription => Member(Member(root, "serverContent"), "outputTranscription"),
        _ => Item(Member(Member(Member(root, "serverContent"), "modelTurn"), "parts"), at.Part),
    }) as JsonObject;

    private static JsonNode? Member(JsonNode? node, string name, string? other = null) =>
        node is not JsonObject members ? null : members[name] ?? (other is null ? null : members[other]);

    // proto3 JSON: a single value where a list is expected.
    private static JsonNode? Item(JsonNode? node, int index) => node switch
    {
        JsonArray list when index < list.Count => list[index],
        JsonObject when index == 0 => node,
        _ => null,
    };

    private static Content Apply(Content content, int part, string text)
    {
        List<Part> parts = [.. content.Parts!];
        parts[part] = parts[part] with { Text = text };
        return content with { Parts = parts };
    }

    private static void Add(List<CallText> texts, TextPlace place, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            texts.Add(new CallText(place, text));
    }

    private static void AddParts(List<CallText> texts, TextPlace place, IReadOnlyList<Part>? parts, int turn)
    {
        for (var part = 0; part < parts?.Count; part++)
        {
            if (parts[part] is { Text: { Length: > 0 } text } one)
                texts.Add(new CallText(place, text, turn, part) { IsThought = one.Thought is true });
        }
    }
}
