using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.Testing.Tests.Phone;

/// <summary>The messages of the three carriers, field by field as they document them.</summary>
public sealed class CarrierMessageTests
{
    [Fact]
    public async Task Twilio_opens_sends_and_stops_as_documented()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(CallerDialect.Twilio, static options =>
        {
            (options.From, options.To, options.CallId) = ("+4930123456", "+15550100", "CA1");
            options.Parameters.Add("FirstName", "Jane");
        });

        await server.AdvanceAsync(40);
        var press = caller.PressAsync("1");
        await server.AdvanceAsync(20);
        await caller.HangUpAsync(StreamServer.Cancellation);

        Assert.True(await press);
        var stream = caller.StreamId;
        Assert.Matches("^MZ[0-9a-f]{32}$", stream);
        var silence = Convert.ToBase64String(Enumerable.Repeat((byte)0xFF, 160).ToArray());
        AssertMessages(
            server.Messages,
            [
                """{"event":"connected","protocol":"Call","version":"1.0.0"}""",
                $$$"""
                {"event":"start","sequenceNumber":"1","start":{"accountSid":"AC00000000000000000000000000000001","streamSid":"{{{stream}}}","callSid":"CA1",
                "tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
                "customParameters":{"FirstName":"Jane","From":"+4930123456","To":"+15550100"}},"streamSid":"{{{stream}}}"}
                """,
                $$$"""
                {"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"0",
                "payload":"{{{silence}}}"},"streamSid":"{{{stream}}}"}
                """,
                $$$"""
                {"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"2","timestamp":"20",
                "payload":"{{{silence}}}"},"streamSid":"{{{stream}}}"}
                """,
                $$$"""{"event":"dtmf","sequenceNumber":"4","dtmf":{"track":"inbound_track","digit":"1"},"streamSid":"{{{stream}}}"}""",
                $$$"""
                {"event":"media","sequenceNumber":"5","media":{"track":"inbound","chunk":"3","timestamp":"40",
                "payload":"{{{silence}}}"},"streamSid":"{{{stream}}}"}
                """,
                $$$"""
                {"event":"stop","sequenceNumber":"6","stop":{"accountSid":"AC00000000000000000000000000000001","callSid":"CA1"},"streamSid":"{{{stream}}}"}
                """,
            ]);
    }

    [Fact]
    public async Task Telnyx_opens_sends_and_stops_as_documented()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(CallerDialect.Telnyx, static options =>
        {
            (options.From, options.To, options.CallId, options.AccountId) = ("+4930123456", "+15550100", "v3:1", "user");
            options.Encoding = CallerEncoding.ALaw;
            options.Parameters.Add("customer_id", "c1");
        });

        await server.AdvanceAsync(20);
        var press = caller.PressAsync("#");
        await server.AdvanceAsync(20);
        await caller.HangUpAsync(StreamServer.Cancellation);

        Assert.True(await press);
        var (stream, session) = (caller.StreamId, (string)server.Messages[1]["start"]!["call_session_id"]!);
        var silence = Convert.ToBase64String(Enumerable.Repeat((byte)0xD5, 160).ToArray());
        AssertMessages(
            server.Messages,
            [
                """{"event":"connected","version":"1.0.0"}""",
                $$$"""
                {"event":"start","sequence_number":"1","start":{"user_id":"user","call_control_id":"v3:1","call_session_id":"{{{session}}}",
                "from":"+4930123456","to":"+15550100","custom_parameters":{"customer_id":"c1"},
                "media_format":{"encoding":"PCMA","sample_rate":8000,"channels":1}},"stream_id":"{{{stream}}}"}
                """,
                $$$"""
                {"event":"media","sequence_number":"2","media":{"track":"inbound","chunk":"1","timestamp":"0",
                "payload":"{{{silence}}}"},"stream_id":"{{{stream}}}"}
                """,
                $$$"""
                {"event":"dtmf","sequence_number":"3","occurred_at":"2026-01-01T12:00:00.040000Z","dtmf":{"digit":"#"},"stream_id":"{{{stream}}}"}
                """,
                $$$"""
                {"event":"media","sequence_number":"4","media":{"track":"inbound","chunk":"2","timestamp":"20",
                "payload":"{{{silence}}}"},"stream_id":"{{{stream}}}"}
                """,
                $$$"""{"event":"stop","sequence_number":"5","stop":{"user_id":"user","call_control_id":"v3:1"},"stream_id":"{{{stream}}}"}""",
            ]);
    }

    [Fact]
    public async Task Plivo_opens_sends_and_stops_as_documented()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(CallerDialect.Plivo, static options =>
        {
            (options.From, options.CallId, options.AccountId) = ("+4930123456", "call", "MA1");
            options.Encoding = CallerEncoding.Linear16;
            options.SampleRateHz = 16_000;
            options.Parameters.Add("userId", "a b");
        });

        await server.AdvanceAsync(20);
        var press = caller.PressAsync("5");
        await server.AdvanceAsync(20);
        await caller.HangUpAsync(StreamServer.Cancellation);

        Assert.True(await press);
        var stream = caller.StreamId;
        var silence = Convert.ToBase64String(new byte[640]);
        var headers = "userId=a%20b;From=%2B4930123456";
        AssertMessages(
            server.Messages,
            [
                $$$"""
                {"event":"start","sequenceNumber":1,"start":{"callId":"call","streamId":"{{{stream}}}","accountId":"MA1","tracks":["inbound"],
                "mediaFormat":{"encoding":"audio/x-l16","sampleRate":16000}},"extra_headers":"{{{headers}}}"}
                """,
                $$$"""
                {"event":"media","sequenceNumber":2,"streamId":"{{{stream}}}",
                "media":{"track":"inbound","timestamp":"1767268800000","chunk":1,"payload":"{{{silence}}}"},"extra_headers":"{{{headers}}}"}
                """,
                $$$"""
                {"event":"dtmf","sequenceNumber":3,"streamId":"{{{stream}}}",
                "dtmf":{"track":"inbound","digit":"5","timestamp":"1767268800040"},"extra_headers":"{{{headers}}}"}
                """,
                $$$"""
                {"event":"media","sequenceNumber":4,"streamId":"{{{stream}}}",
                "media":{"track":"inbound","timestamp":"1767268800020","chunk":2,"payload":"{{{silence}}}"},"extra_headers":"{{{headers}}}"}
                """,
                $$$"""{"event":"stop","sequenceNumber":5,"streamId":"{{{stream}}}"}""",
            ]);
    }

    [Fact]
    public async Task Twilio_signs_the_url()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(CallerDialect.Twilio, static options => options.Secret = "token");

#pragma warning disable CA5350 // The carrier's algorithm.
        var expected = HMACSHA1.HashData("token"u8.ToArray(), Encoding.ASCII.GetBytes("ws://parley.test/stream?b=2&a=1"));
#pragma warning restore CA5350
        Assert.Equal(Convert.ToBase64String(expected), server.Headers["X-Twilio-Signature"]);
    }

    [Fact]
    public async Task Plivo_signs_the_public_url_with_sorted_query_and_nonce()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(
            CallerDialect.Plivo, static options => (options.Secret, options.SignedUrl) = ("token", new Uri("wss://voice.example.com/stream?b=2&a=1")));

        var text = $"wss://voice.example.com/stream?a=1&b=2.{server.Headers["X-Plivo-Signature-V3-Nonce"]}";
        Assert.Equal(Convert.ToBase64String(HMACSHA256.HashData("token"u8.ToArray(), Encoding.ASCII.GetBytes(text))), server.Headers["X-Plivo-Signature-V3"]);
    }

    [Fact]
    public async Task Telnyx_sends_its_token_in_header_and_first_message()
    {
        await using var server = await StreamServer.StartAsync();
        await using var caller = await server.CallAsync(CallerDialect.Telnyx, static options =>
        {
            options.Secret = "token";
            options.Headers.Add("X-Extra", "yes");
        });

        Assert.Equal("token", server.Headers["x-telnyx-streaming-auth-token"]);
        Assert.Equal("yes", server.Headers["X-Extra"]);
        Assert.Equal("token", (string?)server.Messages[0]["connected"]!["x-telnyx-streaming-auth-token"]);
    }

    // The order of members is not part of the format.
    private static void AssertMessages(IReadOnlyList<JsonNode> actual, string[] expected)
    {
        for (var i = 0; i < Math.Min(expected.Length, actual.Count); i++)
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected[i]), actual[i]), $"{expected[i]}{Environment.NewLine}{actual[i].ToJsonString()}");
        Assert.Equal(expected.Length, actual.Count);
    }
}
