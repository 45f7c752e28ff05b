using System.Buffers;
using System.Buffers.Text;

namespace Parley.Protocol.Codec;

/// <summary>Base64 as proto3 JSON accepts it: standard or URL-safe alphabet, with or without padding.</summary>
internal static class WireBase64
{
    /// <summary>Decoded length of well-formed text in bytes.</summary>
    internal static int DecodedLength(ReadOnlySpan<byte> text)
    {
        var digits = Unpadded(text).Length;
        return (digits / 4 * 3) + ((digits % 4) switch { 2 => 1, 3 => 2, _ => 0 });
    }

    /// <summary>Decodes the text; false if it holds anything but complete base64 groups and padding.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        // The decoder of the runtime skips white space. In a text of whole groups of four that costs at least one group, so the bytes
        // are fewer than the length promises; in other text it would go unnoticed.
        if (text.Length % 4 == 0 && Base64.DecodeFromUtf8(text, destination, out _, out written) == OperationStatus.Done)
            return written == DecodedLength(text);
        written = 0;
        var digits = Unpadded(text);
        var isPadded = digits.Length < text.Length;
        return (!isPadded || text.Length % 4 == 0) && TryDecodeLoose(digits, destination, out written);
    }

    private static bool TryDecodeLoose(ReadOnlySpan<byte> digits, Span<byte> destination, out int written)
    {
        written = 0;
        if (digits.Length % 4 == 1)
            return false;
        var plain = ArrayPool<byte>.Shared.Rent(digits.Length + 3);
        try
        {
            for (var i = 0; i < digits.Length; i++)
                plain[i] = digits[i] switch { (byte)'-' => (byte)'+', (byte)'_' => (byte)'/', var digit => digit };
            var length = digits.Length;
            while (length % 4 != 0)
                plain[length++] = (byte)'=';
            return Base64.DecodeFromUtf8(plain.AsSpan(0, length), destination, out _, out written) == OperationStatus.Done
                && written == DecodedLength(digits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private static ReadOnlySpan<byte> Unpadded(ReadOnlySpan<byte> text)
    {
        var end = text.Length;
        while (end > 0 && text.Length - end < 2 && text[end - 1] == (byte)'=')
            end--;
        return text[..end];
    }
}
