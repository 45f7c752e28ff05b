using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// Tells pictures from what only calls itself one, by the first bytes. A chat model that is given the latter refuses the whole request, and
/// would refuse every later one too, since it stays in the history.
/// </summary>
internal static class Pictures
{
    private const string Unreadable = "[a picture that could not be read]";
    private const string Mark = "parley.unreadable_picture";

    /// <summary>What a chat model is given in place of a picture that is none: a text, marked for those who can say more.</summary>
    internal static TextContent UnreadableNote() => new(Unreadable) { AdditionalProperties = new() { [Mark] = true } };

    internal static bool IsUnreadableNote(AIContent content) => content.AdditionalProperties?.ContainsKey(Mark) is true;

    internal static bool IsPicture(Blob blob) => blob.MimeType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Whether the bytes begin as JPEG, PNG, GIF, WebP, BMP, HEIC or AVIF do.</summary>
    internal static bool IsReadable(Blob blob)
    {
        var bytes = blob.Data.GetValueOrDefault().Span;
        return bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            || bytes.StartsWith("GIF8"u8)
            || bytes.StartsWith("BM"u8)
            || (bytes.StartsWith("RIFF"u8) && bytes.Length > 12 && bytes[8..].StartsWith("WEBP"u8))
            || (bytes.Length > 12 && bytes[4..].StartsWith("ftyp"u8));
    }

    /// <summary>The pictures of a message that are none.</summary>
    internal static bool HasUnreadable(LiveSessionRequest message) =>
        message.RealtimeInput?.Video is { } frame
            ? !IsReadable(frame)
            : message.ClientContent?.Turns?.Any(static turn => turn.Parts?.Any(static part => part.InlineData is { } blob && IsPicture(blob) && !IsReadable(blob)) is true) is true;
}
