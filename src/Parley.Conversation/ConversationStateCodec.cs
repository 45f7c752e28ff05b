using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>
/// Serializes a state, so that a conversation can outlive its process. Pictures and audio are separate, in order of occurrence:
/// they are large and never change, so a store can keep them once.
/// <code>{"version":1,"callsIssued":2,"historySeeded":true,"entries":[{"tokens":[12,0,0,0],"content":{…}}]}</code>
/// </summary>
public static class ConversationStateCodec
{
    private const int Version = 1;

    // The depth limit of the wire codec, plus three levels of this format.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = LiveCodec.MaxDepth + 8 };

    /// <summary>Writes a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="output">Receives the bytes.</param>
    /// <param name="media">Receives the media, one for each inline part.</param>
    public static void Encode(ConversationState state, IBufferWriter<byte> output, ICollection<ReadOnlyMemory<byte>> media)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(media);
        var content = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteNumber("callsIssued", state.CallsIssued);
        json.WriteBoolean("historySeeded", state.HistorySeeded);
        json.WriteStartArray("entries");
        foreach (var entry in state.Entries.Entries)
        {
            json.WriteStartObject();
            json.WriteStartArray("tokens");
            json.WriteNumberValue(entry.Tokens.Text);
            json.WriteNumberValue(entry.Tokens.Image);
            json.WriteNumberValue(entry.Tokens.Video);
            json.WriteNumberValue(entry.Tokens.Audio);
            json.WriteEndArray();
            content.ResetWrittenCount();
            LiveCodec.Encode(TakeMedia(entry.Content, media), content);
            json.WritePropertyName("content");
            json.WriteRawValue(content.WrittenSpan, skipInputValidation: true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads a state.</summary>
    /// <param name="utf8">Output of <see cref="Encode"/>.</param>
    /// <param name="media">Its media in the same order; null if lost: a note takes its place.</param>
    /// <exception cref="FormatException">The bytes are not a state, or one of another version.</exception>
    public static ConversationState Decode(ReadOnlyMemory<byte> utf8, IReadOnlyList<ReadOnlyMemory<byte>?> media)
    {
        ArgumentNullException.ThrowIfNull(media);
        try
        {
            using var document = JsonDocument.Parse(utf8, Deep);
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version)
                throw new FormatException("The conversation state has an unsupported version.");
            var used = 0;
            var entries = new List<History.Entry>();
            foreach (var entry in root.GetProperty("entries").EnumerateArray())
            {
                var tokens = entry.GetProperty("tokens");
                var content = LiveCodec.DecodeContent(JsonMarshal.GetRawUtf8Value(entry.GetProperty("content")));
                entries.Add(new History.Entry(
                    GiveMedia(content, media, ref used),
                    new TokenCounts(tokens[0].GetInt32(), tokens[1].GetInt32(), tokens[2].GetInt32(), tokens[3].GetInt32())));
            }
            return new ConversationState(
                new History.Snapshot([.. entries], 0, entries.Count),
                root.GetProperty("callsIssued").GetInt32(),
                root.GetProperty("historySeeded").GetBoolean());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or LiveProtocolException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new FormatException("The bytes are not a conversation state.", e);
        }
    }

    private static Content TakeMedia(Content content, ICollection<ReadOnlyMemory<byte>> media)
    {
        if (content.Parts is not { } parts || !parts.Any(static part => part.InlineData is not null))
            return content;
        return content with { Parts = [.. parts.Select(Take)] };

        Part Take(Part part)
        {
            if (part.InlineData is not { } blob)
                return part;
            media.Add(blob.Data ?? ReadOnlyMemory<byte>.Empty);
            return part with { InlineData = blob with { Data = null } };
        }
    }

    private static Content GiveMedia(Content content, IReadOnlyList<ReadOnlyMemory<byte>?> media, ref int used)
    {
        if (content.Parts is not { } parts || !parts.Any(static part => part.InlineData is not null))
            return content;
        var whole = new List<Part>(parts.Count);
        foreach (var part in parts)
        {
            if (part.InlineData is not { } blob)
            {
                whole.Add(part);
                continue;
            }
            var data = used < media.Count ? media[used] : null;
            used++;
            whole.Add(data is null ? new Part { Text = History.DroppedMedia } : part with { InlineData = blob with { Data = data } });
        }
        return content with { Parts = whole };
    }
}
