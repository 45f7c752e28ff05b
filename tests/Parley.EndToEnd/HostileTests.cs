using System.Net.WebSockets;
using System.Text;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>Bad input closes its own connection with the code and text of the public service; other sessions are not affected.</summary>
public sealed class HostileTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    private const int LargestMessage = 4 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("key=not-a-key", 1007, "API key not valid. Please pass a valid API key.")]
    [InlineData("", 1008, "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API c")]
    [InlineData("access_token=auth_tokens/x", 1008, "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API c")]
    public async Task Unknown_credential_is_refused_after_the_upgrade(string query, int code, string reason)
    {
        await using var socket = await server.OpenAsync(LiveMessages.MethodPath(query), cancellationToken: Cancellation);
        await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);

        Assert.Equal(new LiveClose(code, reason), await socket.ExpectCloseAsync(cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData("""{"hello":{} }""", "Invalid JSON payload received. Unknown name \"hello\": Cannot find field.")]
    [InlineData("""{"setup":{"model":"models/gemini-3.8-live","responseModalities":["AUDIO"]} }""", "Invalid JSON payload received. Unknown name \"responseModalities\" at 'setup': Cannot find field.")]
    [InlineData("""{"setup":{"model":"models/gemini-3.8-live","generationConfig":{"responseModality":"AUDIO"} } }""", "Invalid JSON payload received. Unknown name \"responseModality\" at 'setup.generation_config': Cannot find field.")]
    [InlineData("""{"realtimeInput":{"text":"too early"} }""", "setup must be the first message and only the first")]
    public async Task Bad_first_message_is_refused_with_the_text_of_the_service(string message, string reason)
    {
        await using var socket = await server.OpenAsync(LiveMessages.MethodPath(), cancellationToken: Cancellation);
        await socket.SendJsonAsync(message, Cancellation);

        Assert.Equal(new LiveClose(1007, reason), await socket.ExpectCloseAsync(cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Close_names_the_unknown_model()
    {
        await using var socket = await server.OpenAsync(LiveMessages.MethodPath(), cancellationToken: Cancellation);
        await socket.SendJsonAsync("""{"setup":{"model":"models/not-a-live-model"} }""", Cancellation);
        var close = await socket.ExpectCloseAsync(cancellationToken: Cancellation);

        Assert.Equal(1008, close.Code);
        Assert.StartsWith(
            "models/not-a-live-model is not found for API version v1, or is not supported for bidiGenerateContent", close.Reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"not base64!"} } }""", "Invalid value at 'realtime_input.audio.data'")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"AAAA","volume":11} } }""", "Invalid JSON payload received. Unknown name \"volume\" at 'realtime_input.audio': Cannot find field.")]
    [InlineData("""{"setup":{"model":"models/gemini-3.8-live"} }""", "setup must be the first message and only the first")]
    [InlineData("""{"realtimeInput":{"text":"a"},"clientContent":{} }""", "Invalid value")]
    [InlineData("""{"toolResponse":{"functionResponses":[{"id":"never-issued","name":"a","response":{} }]} }""", "Requested entity was not found.", 1008)]
    [InlineData("""{"realtimeInput":{"activityStart":{} } }""", "")]
    [InlineData("hello", "Invalid JSON payload received.")]
    [InlineData("[]", "Invalid JSON payload received.")]
    [InlineData("""{"realtimeInput":{"text":"cut""", "Invalid JSON payload received.")]
    public async Task Bad_message_ends_its_session_with_the_text_of_the_service(string message, string reason, int code = 1007)
    {
        await using var socket = await server.OpenSessionAsync(Cancellation);
        await socket.SendJsonAsync(message, Cancellation);
        var close = await socket.ExpectCloseAsync(skipMessages: true, Cancellation);

        Assert.Equal(code, close.Code);
        Assert.StartsWith(reason, close.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_over_the_limit_closes_with_1009()
    {
        await using var socket = await server.OpenSessionAsync(Cancellation);
        var sending = socket.SendJsonAsync(new { RealtimeInput = new { Text = new string('a', LargestMessage) } }, Cancellation);

        Assert.Equal(1009, (await socket.ExpectCloseAsync(skipMessages: true, Cancellation)).Code);
        await sending.ContinueWith(static _ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task Client_without_a_setup_is_closed_at_the_timeout()
    {
        await using var socket = await server.OpenAsync(LiveMessages.MethodPath(), cancellationToken: Cancellation);

        Assert.Equal(1008, (await socket.ExpectCloseAsync(cancellationToken: Cancellation)).Code);
    }

    [Fact]
    public async Task Client_that_stops_within_a_frame_is_disconnected()
    {
        using var peer = await RawPeer.ConnectAsync(server.Address, LiveMessages.MethodPath(), Cancellation);
        await peer.SendAsync(RawPeer.Frame(0x81, "{\"setup\":"u8, announced: 100), Cancellation);

        await peer.ReadToEndAsync(Cancellation);
    }

    [Theory]
    [InlineData(0x81, new byte[] { 0x7b, 0xff, 0x7d }, 1007, "The message is not UTF-8.")]
    [InlineData(0x83, new byte[] { 0x7b, 0x7d }, 1002, "Unknown opcode.")]
    [InlineData(0xc1, new byte[] { 0x7b, 0x7d }, 1002, "A reserved bit is set.")]
    [InlineData(0x80, new byte[] { 0x7b, 0x7d }, 1002, "A continuation frame without a message to continue.")]
    public async Task Broken_framing_is_answered_with_a_close_frame(byte head, byte[] payload, int code, string reason)
    {
        using var peer = await RawPeer.ConnectAsync(server.Address, LiveMessages.MethodPath(), Cancellation);
        await peer.SendAsync(RawPeer.Frame(head, payload), Cancellation);

        Assert.Equal(
            [0x88, (byte)(2 + reason.Length), (byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)],
            await peer.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Session_continues_while_others_misbehave()
    {
        await using var witness = await server.OpenSessionAsync(Cancellation);
        await witness.SendJsonAsync("""{"realtimeInput":{"text":"Please tell me a long story."} }""", Cancellation);
        await ReceiveAudioAsync(witness);

        using var halfOpen = await RawPeer.ConnectAsync(server.Address, LiveMessages.MethodPath(), Cancellation);
        await halfOpen.SendAsync(RawPeer.Frame(0x81, "{"u8, announced: 1 << 20), Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 5).SelectMany(_ => new[]
        {
            MisbehaveAsync("garbage"u8.ToArray(), WebSocketMessageType.Text),
            MisbehaveAsync([0xff, 0x00, 0xfe], WebSocketMessageType.Binary),
            MisbehaveAsync("""{"realtimeInput":{"audio":{"data":"*"} } }"""u8.ToArray(), WebSocketMessageType.Text),
            AbortWhileSpeakingAsync(),
        }));

        await ReceiveAudioAsync(witness);
        await witness.SendJsonAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"What is seven times six?"}]}],"turnComplete":true} }""", Cancellation);
        await witness.ReceiveUntilAsync(
            frame => frame.At("serverContent", "interrupted") is not null, "the story is interrupted", Cancellation);
        await witness.ReceiveUntilAsync(frame => frame.At("serverContent", "turnComplete") is not null, "its turn ends", Cancellation);
        Assert.Equal("That makes 42.", await witness.ReceiveAnswerAsync(Cancellation));
    }

    private static Task<LiveFrame> ReceiveAudioAsync(LiveSocket socket) =>
        socket.ReceiveUntilAsync(frame => frame.At("serverContent", "modelTurn") is not null, "audio", Cancellation);

    private async Task MisbehaveAsync(byte[] message, WebSocketMessageType type)
    {
        await using var socket = await server.OpenSessionAsync(Cancellation);
        await socket.SendAsync(message, type, Cancellation);
        Assert.Equal(1007, (await socket.ExpectCloseAsync(skipMessages: true, Cancellation)).Code);
    }

    private async Task AbortWhileSpeakingAsync()
    {
        await using var socket = await server.OpenSessionAsync(Cancellation);
        await socket.SendJsonAsync("""{"realtimeInput":{"text":"Please tell me a long story."} }""", Cancellation);
        await ReceiveAudioAsync(socket);
        socket.Socket.Abort();
    }
}
