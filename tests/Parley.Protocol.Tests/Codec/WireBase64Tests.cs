using System.Buffers.Text;
using System.Text;
using CsCheck;
using Parley.Protocol.Codec;

namespace Parley.Protocol.Tests.Codec;

public sealed class WireBase64Tests
{
    [Fact]
    public void Every_base64_spelling_decodes_to_the_same_bytes() => Gen.Byte.Array[0, 500].Sample(bytes =>
    {
        var standard = Convert.ToBase64String(bytes);
        foreach (var text in (string[])[standard, standard.TrimEnd('='), Base64Url.EncodeToString(bytes), standard.Replace('+', '-').Replace('/', '_')])
        {
            var utf8 = Encoding.ASCII.GetBytes(text);
            var decoded = new byte[WireBase64.DecodedLength(utf8)];
            Assert.True(WireBase64.TryDecode(utf8, decoded, out var written));
            Assert.Equal(bytes, decoded);
            Assert.Equal(bytes.Length, written);
        }
    });

    [Fact]
    public void Byte_outside_the_alphabets_is_refused_in_any_place() =>
        Gen.Select(Gen.Byte.Array[1, 60], Gen.Int[0, 100], Gen.Byte).Sample((bytes, place, odd) =>
        {
            var text = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
            var isDigit = char.IsAsciiLetterOrDigit((char)odd) || odd is (byte)'+' or (byte)'/' or (byte)'-' or (byte)'_';
            if (isDigit || odd == (byte)'=')
                return;
            var at = place % (text.Length + 1);
            byte[] inserted = [.. text[..at], odd, .. text[at..]];
            byte[] replaced = [.. text];
            replaced[at % text.Length] = odd;

            Assert.False(WireBase64.TryDecode(inserted, new byte[100], out _));
            Assert.False(WireBase64.TryDecode(replaced, new byte[100], out _));
        });

    [Fact]
    public void Decoding_fails_if_the_destination_is_too_short() =>
        Assert.False(WireBase64.TryDecode("AAAAAAAA"u8, new byte[5], out _));
}
