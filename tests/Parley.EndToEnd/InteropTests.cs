using System.Net.WebSockets;
using System.Text;

namespace Parley.EndToEnd;

/// <summary>Undocumented forms that real clients send; each was observed on the wire.</summary>
public sealed class InteropTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    private const string Hello = """{"realtimeInput":{"text":"Hello!"} }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/ws", "v1")]
    [InlineData("/ws", "v1beta")]
    [InlineData("/ws", "v1alpha")]
    [InlineData("//ws", "v1")]
    [InlineData("//ws", "v1beta")]
    [InlineData("//ws", "v1alpha")]
    public async Task Every_version_is_served_with_one_or_two_leading_slashes(string start, string version)
    {
        await using var socket = await server.OpenAsync(
            start + LiveMessages.MethodPath(version: version)["/ws".Length..], cancellationToken: Cancellation);
        await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);
        await socket.ExpectSetupCompleteAsync(Cancellation);
        await socket.SendJsonAsync(Hello, Cancellation);

        Assert.StartsWith("Hello!", await socket.ReceiveAnswerAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_is_accepted_in_a_header_without_a_query()
    {
        await using var socket = await server.OpenAsync(
            LiveMessages.MethodPath(query: ""), options => options.SetRequestHeader("x-goog-api-key", ParleyProcess.Key), Cancellation);
        await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);

        await socket.ExpectSetupCompleteAsync(Cancellation);
    }

    [Theory]
    [InlineData("setup", WebSocketMessageType.Binary)]
    [InlineData("config", WebSocketMessageType.Text)]
    public async Task Session_opened_with_config_gets_text_messages_and_any_other_binary(string member, WebSocketMessageType expected)
    {
        await using var socket = await server.OpenSessionAsync(
            Cancellation, LiveMessages.Setup.Replace("\"setup\"", $"\"{member}\"", StringComparison.Ordinal));
        await socket.SendJsonAsync(Hello, Cancellation);
        await socket.ReceiveAnswerAsync(Cancellation);

        Assert.All(socket.Received, frame => Assert.Equal(expected, frame.Type));
    }

    [Fact]
    public async Task Binary_messages_of_a_client_are_read_like_text()
    {
        await using var socket = await server.OpenAsync(LiveMessages.MethodPath(), cancellationToken: Cancellation);
        await socket.SendBinaryAsync(Encoding.UTF8.GetBytes(LiveMessages.Setup), Cancellation);
        await socket.ExpectSetupCompleteAsync(Cancellation);
        await socket.SendBinaryAsync(Encoding.UTF8.GetBytes(Hello), Cancellation);

        Assert.StartsWith("Hello!", await socket.ReceiveAnswerAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_sent_right_after_the_setup_are_processed()
    {
        await using var socket = await server.OpenAsync(LiveMessages.MethodPath(), cancellationToken: Cancellation);
        await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);
        await socket.SendJsonAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"What is seven times six?"}]}],"turnComplete":true} }""", Cancellation);

        Assert.True((await socket.ReceiveAsync(Cancellation)).Has("setupComplete"));
        Assert.Equal("That makes 42.", await socket.ReceiveAnswerAsync(Cancellation));
    }

    [Fact]
    public async Task Snake_case_and_mixed_names_are_accepted()
    {
        await using var socket = await server.OpenSessionAsync(
            Cancellation,
            """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","generation_config":{"response_modalities":["AUDIO"]},"output_audio_transcription":{} } }""");
        await socket.SendJsonAsync("""{"client_content":{"turns":[{"role":"user","parts":[{"text":"What is seven times six?"}]}],"turnComplete":true} }""", Cancellation);

        Assert.Equal("That makes 42.", await socket.ReceiveAnswerAsync(Cancellation));
    }

    // A wrong rate makes the same samples shorter or longer, so the duration shows whether the rate was read.
    [Theory]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"*"} } }""", 1.9)]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"*"} } }""", 1.9)]
    [InlineData("""{"realtime_input":{"media_chunks":[{"mime_type":"audio/pcm","data":"*"}]} }""", 1.9)]
    [InlineData("""{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;rate=24000","data":"*"}]} }""", 1.3)]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=8000","data":"*"} } }""", 3.8)]
    public async Task Audio_is_accepted_in_every_form_and_rate(string message, double seconds)
    {
        await using var socket = await server.OpenSessionAsync(Cancellation);
        await socket.SendRecordingAsync(
            data => message.Replace("*", data, StringComparison.Ordinal), """{"realtimeInput":{"audioStreamEnd":true} }""", Cancellation);
        await socket.ReceiveAnswerAsync(Cancellation);

        var heard = double.Parse(socket.Heard().Split(' ')[0].TrimStart('['), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(heard, seconds - 0.4, seconds + 0.4);
    }

    [Fact]
    public async Task Function_response_is_accepted_without_a_name()
    {
        await using var socket = await server.OpenSessionAsync(
            Cancellation,
            $$"""{"setup":{"model":"{{LiveMessages.Model}}","outputAudioTranscription":{},"tools":[{"functionDeclarations":[{"name":"ring_the_bell"}]}]} }""");
        await socket.SendJsonAsync("""{"realtimeInput":{"text":"Call the function ring_the_bell with {}"} }""", Cancellation);
        var call = await socket.ReceiveUntilAsync(frame => frame.Has("toolCall"), "a tool call", Cancellation);
        var id = call.At("toolCall", "functionCalls")!.Value[0].GetProperty("id").GetString();
        await socket.SendJsonAsync(
            new { ToolResponse = new { FunctionResponses = new[] { new { Id = id, Response = new { output = "it rang" } } } } },
            Cancellation);

        Assert.Equal("It rang.", await socket.ReceiveAnswerAsync(Cancellation));
    }

    [Fact]
    public async Task Turns_are_collected_until_turnComplete()
    {
        await using var socket = await server.OpenSessionAsync(Cancellation);
        await socket.SendJsonAsync("""{"clientContent":{"turns":[{"parts":[{"text":"The box is green."}]},{"role":"model","parts":[{"text":"I see."}]}],"turnComplete":false} }""", Cancellation);
        await socket.SendJsonAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"What did I say first?"}]}],"turnComplete":true} }""", Cancellation);

        Assert.Equal("The first thing you said was: The box is green.", await socket.ReceiveAnswerAsync(Cancellation));
    }

    [Theory]
    [InlineData(""" "contextWindowCompression":{"triggerTokens":"32000","slidingWindow":{"targetTokens":16000} } """)]
    [InlineData(""" "sessionResumption":{"transparent":true} """)]
    [InlineData(""" "realtimeInputConfig":{"activityHandling":"ACTIVITY_HANDLING_UNSPECIFIED","turnCoverage":"TURN_COVERAGE_UNSPECIFIED"} """)]
    [InlineData(""" "systemInstruction":{"role":"system","parts":[{"text":"Be brief."}]} """)]
    [InlineData(""" "tools":[{"functionDeclarations":[{"name":"a","parameters":{} },{"name":"b","parameters":{"type":"object","properties":{"n":{"type":"string"} } } }]}] """)]
    [InlineData(""" "tools":[{"functionDeclarations":[{"name":"c","parametersJsonSchema":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","additionalProperties":false} }]}] """)]
    [InlineData(""" "generationConfig":{"enableAffectiveDialog":false},"proactivity":{"proactiveAudio":true} """)]
    public async Task Setup_variants_of_real_clients_are_accepted(string members)
    {
        await using var socket = await server.OpenSessionAsync(Cancellation, $$"""{"setup":{"model":"{{LiveMessages.Model}}",{{members}}} }""");

        Assert.Equal(WebSocketState.Open, socket.Socket.State);
    }
}
