using System.Text;
using Microsoft.Extensions.Primitives;
using Parley.Phone.Signatures;

namespace Parley.Phone.Tests.Signatures;

/// <summary>Signatures of the carriers, against values computed elsewhere.</summary>
public sealed class SignatureTests
{
    private static readonly Dictionary<string, StringValues> Form = new()
    {
        ["CallSid"] = "CA1234567890ABCDE",
        ["Caller"] = "+14158675310",
        ["Digits"] = "1234",
        ["From"] = "+14158675310",
        ["To"] = "+18005551212",
    };

    [Fact]
    public void Twilio_signature_of_its_documentation_is_valid()
    {
        // https://www.twilio.com/docs/usage/security: auth token 12345.
        const string url = "https://example.com/myapp.php?foo=1&bar=2";

        Assert.Equal("L/OH5YylLD5NRKLltdqwSvS0BnU=", TwilioSignature.Compute("12345", url, Form));
        Assert.True(TwilioSignature.IsValid("12345", url, Form, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
        Assert.False(TwilioSignature.IsValid("12346", url, Form, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
        Assert.False(TwilioSignature.IsValid("12345", url + "3", Form, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
        Assert.False(TwilioSignature.IsValid("12345", url, Form, null));
    }

    [Fact]
    public void Plivo_signature_covers_address_query_form_and_nonce()
    {
        var none = new Dictionary<string, StringValues>();
        // As Plivo's own libraries build them: see PlivoSignature.
        Assert.Equal(Hmac("https://a.test/x.n1"), PlivoSignature.Compute("token", "https://a.test/x", none, "n1"));
        Assert.Equal(Hmac("https://a.test/x?a=1&b=2.n1"), PlivoSignature.Compute("token", "https://a.test/x?b=2&a=1", none, "n1"));
        Assert.Equal(
            Hmac("https://a.test/x?CallSidCA1234567890ABCDECaller+14158675310Digits1234From+14158675310To+18005551212.n1"),
            PlivoSignature.Compute("token", "https://a.test/x", Form, "n1"));
        Assert.Equal(Hmac("https://a.test/x?a=1.Digits1234.n1"), PlivoSignature.Compute("token", "https://a.test/x?a=1", new Dictionary<string, StringValues> { ["Digits"] = "1234" }, "n1"));

        var valid = Hmac("https://a.test/x.n1");
        Assert.True(PlivoSignature.IsValid("token", "https://a.test/x", none, "n1", $"AAAA, {valid}"));
        Assert.False(PlivoSignature.IsValid("token", "https://a.test/x", none, "n2", valid));
        Assert.False(PlivoSignature.IsValid("token", "https://a.test/x", none, null, valid));

        static string Hmac(string text) => Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData("token"u8, Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    // RFC 8032, section 7.1, tests 1 to 3 and SHA(abc).
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_signatures_of_the_standard_are_valid(string key, string message, string signature)
    {
        byte[] keyBytes = Convert.FromHexString(key), messageBytes = Convert.FromHexString(message), signatureBytes = Convert.FromHexString(signature);

        Assert.True(Ed25519.IsKey(keyBytes));
        Assert.True(Ed25519.IsValid(keyBytes, messageBytes, signatureBytes));
        Assert.False(Ed25519.IsValid(keyBytes, [.. messageBytes, 1], signatureBytes));
        for (var i = 0; i < signatureBytes.Length; i += 7)
        {
            var other = (byte[])signatureBytes.Clone();
            other[i] ^= 1;
            Assert.False(Ed25519.IsValid(keyBytes, messageBytes, other));
        }
    }

    [Fact]
    public void Ed25519_refuses_a_signature_with_a_second_form_of_S()
    {
        var key = Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        var signature = Convert.FromHexString("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        var order = System.Numerics.BigInteger.Pow(2, 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493");
        var s = new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        s.TryWriteBytes(signature.AsSpan(32), out _, isUnsigned: true);

        Assert.False(Ed25519.IsValid(key, [], signature));
        Assert.False(Ed25519.IsKey(new byte[31]));
    }
}
