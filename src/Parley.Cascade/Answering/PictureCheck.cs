using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// Checks by the first bytes whether data is an image. A chat model that gets an invalid image refuses the whole request, and would refuse
/// every later one too, because the image stays in the history.
/// </summary>
internal static class PictureCheck
{
    private const string Unreadable = "[a picture that could not be read]";
    private const string Mark = "parley.unreadable_picture";

    /// <summary>Text that replaces an invalid image for the chat model, marked so that the built-in assistant can recognize it.</summary>
    internal static TextContent UnreadablePictureNote() => new(Unreadable) { AdditionalProperties = new() { [Mark] = true } };

    internal static bool IsUnreadablePictureNote(AIContent content) => content.AdditionalProperties?.ContainsKey(Mark) is true;

    internal static bool IsPicture(Blob blob) => blob.MimeType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Whether the bytes begin like JPEG, PNG, GIF, WebP, BMP, HEIC or AVIF.</summary>
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

    /// <summary>Whether a message contains an invalid image.</summary>
    internal static bool HasUnreadable(LiveSessionRequest message) =>
        message.RealtimeInput?.Video is { } frame
            ? !IsReadable(frame)
            : message.ClientContent?.Turns?.Any(static turn => turn.Parts?.Any(IsUnreadable) is true) is true;

    private static bool IsUnreadable(Part part) => part.InlineData is { } blob && IsPicture(blob) && !IsReadable(blob);
}
