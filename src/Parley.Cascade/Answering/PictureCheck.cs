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

    internal static bool IsPicture(Blob blob) => new MediaType(blob.MimeType).IsImage;

    /// <summary>Whether the bytes begin like JPEG, PNG, GIF, WebP, BMP, HEIC or AVIF.</summary>
    internal static bool IsReadable(Blob blob) => TypeOf(blob) is not null;

    /// <summary>The media type of an image by its bytes, because clients send any; null if it is none.</summary>
    internal static string? TypeOf(Blob blob)
    {
        var bytes = blob.Data.GetValueOrDefault().Span;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return "image/jpeg";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            return "image/png";
        if (bytes.StartsWith("GIF8"u8))
            return "image/gif";
        if (bytes.StartsWith("BM"u8))
            return "image/bmp";
        if (bytes.Length <= 12)
            return null;
        if (bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
            return "image/webp";
        if (!bytes[4..].StartsWith("ftyp"u8))
            return null;
        return bytes[8..].StartsWith("avif"u8) ? "image/avif" : "image/heic";
    }

    /// <summary>Whether a message contains an invalid image.</summary>
    internal static bool HasUnreadable(LiveSessionRequest message) =>
        message.RealtimeInput?.Video is { } frame
            ? !IsReadable(frame)
            : message.ClientContent?.Turns?.Any(static turn => turn.Parts?.Any(IsUnreadable) is true) is true;

    private static bool IsUnreadable(Part part) => part.InlineData is { } blob && IsPicture(blob) && !IsReadable(blob);
}
