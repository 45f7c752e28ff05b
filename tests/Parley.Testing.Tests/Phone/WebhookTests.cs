using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Testing.Tests.Phone;

/// <summary>Calls that begin with the carrier's webhook.</summary>
public sealed class WebhookTests
{
    private const string Url = "http://parley.test/incoming?b=2&a=1";

    [Fact]
    public async Task Twilio_signs_the_form_and_passes_on_the_parameters_of_the_answer()
    {
        await using var server = await StreamServer.StartAsync();
        server.Xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Response><Connect><Stream url="ws://voice.example.com/stream"><Parameter name="token" value="t+1"/></Stream></Connect></Response>
            """;
        await using var caller = await server.CallAsync(CallerDialect.Twilio, Configure, server.Webhook);

        var (headers, body) = server.Asked!.Value;
        Assert.Equal(
            "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01"
                + $"&CallSid={caller.CallId}&CallStatus=ringing&Direction=inbound&From=%2B49301&To=%2B1555",
            body);
        var signed = $"{Url}AccountSidAC00000000000000000000000000000001ApiVersion2010-04-01"
            + $"CallSid{caller.CallId}CallStatusringingDirectioninboundFrom+49301To+1555";
        Assert.Equal(Sha1(signed), headers["X-Twilio-Signature"]);
        Assert.Equal(Sha1("ws://voice.example.com/stream"), server.Headers["X-Twilio-Signature"]);
        Assert.Equal("voice.example.com", server.Headers.Host);
        var parameters = server.Of("start")[0]["start"]!["customParameters"]!.AsObject();
        Assert.Equal("t+1", (string?)Assert.Single(parameters).Value);
    }

    [Fact]
    public async Task Plivo_signs_the_form_and_takes_the_content_type_of_the_answer()
    {
        await using var server = await StreamServer.StartAsync();
        server.Xml = """
            <Response>
              <Stream bidirectional="true" contentType="audio/x-l16;rate=16000" extraHeaders="token=a%20b">ws://voice.example.com/stream</Stream>
            </Response>
            """;
        await using var caller = await server.CallAsync(CallerDialect.Plivo, Configure, server.Webhook);

        var headers = server.Asked!.Value.Headers;
        var fields = $"CallStatusringingCallUUID{caller.CallId}DirectioninboundEventStartAppFrom+49301To+1555";
        var signed = $"http://parley.test/incoming?a=1&b=2.{fields}.{headers["X-Plivo-Signature-V3-Nonce"]}";
        Assert.Equal(Convert.ToBase64String(HMACSHA256.HashData("secret"u8.ToArray(), Encoding.UTF8.GetBytes(signed))), headers["X-Plivo-Signature-V3"]);
        var start = server.Of("start")[0];
        Assert.Equal("""{"encoding":"audio/x-l16","sampleRate":16000}""", start["start"]!["mediaFormat"]!.ToJsonString());
        Assert.Equal("token=a%20b", (string?)start["extra_headers"]);
        Assert.Equal(16_000, caller.Heard.SampleRateHz);
    }

    [Fact]
    public async Task Telnyx_signs_the_body_with_its_key_and_takes_the_codec_of_the_answer()
    {
        await using var server = await StreamServer.StartAsync();
        server.Xml = """
            <Response><Connect>
              <Stream url="ws://parley.test/stream" bidirectionalMode="rtp" bidirectionalCodec="PCMA"><Parameter name="token" value="t"/></Stream>
            </Connect></Response>
            """;
        await using var caller = await server.CallAsync(
            CallerDialect.Telnyx,
            options =>
            {
                Configure(options);
                (options.Secret, options.CallId) = ("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "v3:1");
            },
            server.Webhook);

        var (headers, body) = server.Asked!.Value;
        Assert.Equal("AccountSid=00000000-0000-4000-8000-000000000001&CallSid=v3%3A1&CallStatus=ringing&Direction=inbound&From=%2B49301&To=%2B1555", body);
        Assert.Equal("1767268800", headers["telnyx-timestamp"]);
        // Computed with OpenSSL over the time, a bar and the body.
        Assert.Equal("XkbMuqaAJKuGTUY+h87Hv3OtUPxPmIfuhQblwUuInQakSsQEDLnOxAI0lhrh0tNGZxCH2gg6pB7TS1BHMX7oAA==", headers["telnyx-signature-ed25519"]);
        Assert.False(server.Headers.ContainsKey("x-telnyx-streaming-auth-token"));
        var start = server.Of("start")[0]["start"]!;
        Assert.Equal("PCMA", (string?)start["media_format"]!["encoding"]);
        Assert.Equal(("t", "+49301"), ((string?)start["custom_parameters"]!["token"], (string?)start["from"]));
    }

    // RFC 8032, section 7.1: tests 1 and 2.
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    public void Public_key_of_Telnyx_belongs_to_the_private_one(string privateKey, string publicKey) => Assert.Equal(
        publicKey,
        Convert.ToHexStringLower(Convert.FromBase64String(VirtualCaller.TelnyxPublicKey(Convert.ToBase64String(Convert.FromHexString(privateKey))))));

    [Fact]
    public async Task Signed_url_is_that_of_the_webhook_and_the_stream_is_dialed_beside_it()
    {
        await using var server = await StreamServer.StartAsync();
        server.Xml = """<Response><Connect><Stream url="wss://voice.example.com/stream"/></Connect></Response>""";
        await using var caller = await server.CallAsync(
            CallerDialect.Twilio,
            options =>
            {
                Configure(options);
                options.SignedUrl = new Uri("https://voice.example.com/incoming");
            },
            server.Webhook);

        Assert.Equal("parley.test", server.Headers.Host);
        Assert.Equal(Sha1("wss://voice.example.com/stream"), server.Headers["X-Twilio-Signature"]);
    }

    [Theory]
    [InlineData(CallerDialect.Twilio, "<Response><Reject reason='busy'/></Response>", "The server rejected the call (busy).")]
    [InlineData(CallerDialect.Plivo, "<Response><Hangup/></Response>", "The server rejected the call.")]
    [InlineData(CallerDialect.Twilio, "<Response><Say>Hello</Say></Response>",
        "The answer to the webhook opens no stream in both directions.")]
    [InlineData(CallerDialect.Twilio, "<Response><Start><Stream url='wss://x/'/></Start></Response>",
        "The answer to the webhook opens no stream in both directions.")]
    [InlineData(CallerDialect.Twilio, "<Response><Connect><Stream url='https://x/'/></Connect></Response>",
        "The stream in the answer to the webhook has no address that begins with ws:// or wss://.")]
    [InlineData(CallerDialect.Telnyx, "<Response><Connect><Stream url='wss://x/'/></Connect></Response>",
        "The stream has no bidirectionalMode=\"rtp\"; Telnyx would expect MP3 files from the server.")]
    [InlineData(CallerDialect.Plivo, "<Response><Stream>wss://x/</Stream></Response>",
        "The stream has no bidirectional=\"true\"; Plivo would play nothing.")]
    [InlineData(CallerDialect.Plivo, "<Response><Stream bidirectional='true' contentType='audio/mp3'>wss://x/</Stream></Response>",
        "Plivo does not offer the content type audio/mp3.")]
    public async Task Answer_without_a_stream_ends_the_call(CallerDialect dialect, string xml, string message)
    {
        await using var server = await StreamServer.StartAsync();
        server.Xml = xml;

        var refused = await Assert.ThrowsAsync<CallRefusedException>(() => server.CallAsync(dialect, url: server.Webhook));

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public async Task Refused_webhook_has_its_status()
    {
        await using var server = await StreamServer.StartAsync(refusal: 403);

        var refused = await Assert.ThrowsAsync<CallRefusedException>(() => server.CallAsync(url: server.Webhook));

        Assert.Equal((HttpStatusCode.Forbidden, "The server answered the webhook with HTTP status 403."), (refused.StatusCode, refused.Message));
    }

    private static void Configure(VirtualCallerOptions options)
    {
        (options.From, options.To, options.Secret) = ("+49301", "+1555", "secret");
        options.Parameters.Add("ignored", "yes");
    }

    private static string Sha1(string text)
    {
#pragma warning disable CA5350 // The carrier's algorithm.
        return Convert.ToBase64String(HMACSHA1.HashData("secret"u8.ToArray(), Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }
}
