using System.Text.Json;
using Parley.Protocol;

namespace Parley.Testing.Cassettes;

/// <summary>A message of a client: its JSON, and the audio in it.</summary>
/// <param name="Json">The message; null if it is not a JSON object.</param>
/// <param name="Kind">Its first member and, for <c>realtimeInput</c>, that one's first member: <c>realtimeInput.text</c>.</param>
/// <param name="IsMedia">It contains media only, which is a stream and not a message that is counted.</param>
/// <param name="Audio">The duration of its audio.</param>
internal sealed record ClientMessageParts(JsonElement? Json, string Kind, bool IsMedia, TimeSpan Audio)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    internal static ClientMessageParts Of(ReadOnlySpan<byte> message)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(message, Deep);
        }
        catch (JsonException)
        {
            return new ClientMessageParts(null, "not JSON", IsMedia: false, default);
        }
        if (json.ValueKind != JsonValueKind.Object)
            return new ClientMessageParts(null, "not an object", IsMedia: false, default);
        var first = json.EnumerateObject().FirstOrDefault();
        var kind = first.Value.ValueKind == JsonValueKind.Undefined ? "empty" : JsonText.CamelCase(first.Name);
        if (kind != "realtimeInput" || first.Value.ValueKind != JsonValueKind.Object)
            return new ClientMessageParts(json, kind, IsMedia: false, default);
        var members = first.Value.EnumerateObject().Select(static member => (Name: JsonText.CamelCase(member.Name), member.Value)).ToList();
        var audio = TimeSpan.Zero;
        foreach (var (name, value) in members)
        {
            if (name == "audio")
                audio += DurationOf(value);
            else if (name == "mediaChunks" && value.ValueKind == JsonValueKind.Array)
                audio = value.EnumerateArray().Aggregate(audio, static (sum, chunk) => sum + DurationOf(chunk));
        }
        var isMedia = members.Count > 0 && members.TrueForAll(static member => member.Name is "audio" or "video" or "mediaChunks");
        return new ClientMessageParts(json, members.Count > 0 ? $"{kind}.{members[0].Name}" : kind, isMedia, audio);
    }

    // Of PCM: other encodings do not tell.
    private static TimeSpan DurationOf(JsonElement blob)
    {
        if (blob.ValueKind != JsonValueKind.Object)
            return default;
        string? mimeType = null, data = null;
        foreach (var member in blob.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.String))
        {
            if (JsonText.CamelCase(member.Name) == "mimeType")
                mimeType = member.Value.GetString();
            else if (member.Name == "data")
                data = member.Value.GetString();
        }
        if (data is null || MediaStore.RateOf(mimeType ?? AudioFormat.MimeType(AudioFormat.InputRateHz), isFromClient: true) is not (> 0 and var rateHz))
            return default;
        var bytes = MediaReference.TryParse(data, out var reference) ? reference.Bytes : data.Length * 3L / 4;
        return TimeSpan.FromTicks(bytes * TimeSpan.TicksPerSecond / (rateHz * 2L));
    }
}
