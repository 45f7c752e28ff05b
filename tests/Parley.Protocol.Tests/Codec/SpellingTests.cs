using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

/// <summary>Names of members (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#22-json-is-proto3-json">protocol 2.2</see>, rules 1, 2, 8, 10 and 11).</summary>
public sealed class SpellingTests
{
    [Theory]
    [InlineData("""{"realtimeInput":{"audioStreamEnd":true}}""")]
    [InlineData("""{"realtime_input":{"audio_stream_end":true}}""")]
    [InlineData("""{"realtime_input":{"audioStreamEnd":true}}""")]
    [InlineData("""{"realtimeInput":{"audio\u005fstream\u005fend":true}}""")]
    public void Both_spellings_are_read_and_may_be_mixed(string json) =>
        Wire.Equal("""{"realtimeInput":{"audioStreamEnd":true}}""", Wire.Encode(Wire.Request(json)));

    [Theory]
    [InlineData("""{"realtimeInput":{"audioStreamEnd":true,"audio_stream_end":true}}""", "realtime_input")]
    [InlineData("""{"realtimeInput":{"audioStreamEnd":true,"audioStreamEnd":true}}""", "realtime_input")]
    [InlineData("""{"realtimeInput":{},"realtime_input":{}}""", "")]
    public void Duplicate_member_is_refused(string json, string path)
    {
        var refusal = Wire.Refused(json);

        Assert.StartsWith("Invalid value", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(path, refusal.Path);
        Wire.Refused(json, LiveCompatibility.Guide);
    }

    [Theory]
    [InlineData("""{"setup":null,"realtimeInput":{"text":null,"audioStreamEnd":true,"audio":null}}""")]
    [InlineData("""{"realtimeInput":{"audioStreamEnd":null,"audio_stream_end":true}}""")]
    [InlineData("""{"realtimeInput":{"activityStart":null,"mediaChunks":null,"audioStreamEnd":true}}""")]
    public void Null_member_counts_as_not_set(string json) =>
        Wire.Equal("""{"realtimeInput":{"audioStreamEnd":true}}""", Wire.Encode(Wire.Request(json)));

    [Theory]
    [InlineData("""{"clientContent":{"turns":[null]}}""", "client_content.turns[0]")]
    [InlineData("""{"setup":{"labels":{"a":null}}}""", "setup.labels[0].value")]
    public void Null_element_of_a_list_is_refused(string json, string path) => Assert.Equal(path, Wire.Refused(json).Path);

    [Theory]
    [InlineData("""{"Setup":{}}""", """Unknown name "Setup": Cannot find field.""")]
    [InlineData("""{"setup":{"generationConfig":{"x":1}}}""", """Unknown name "x" at 'setup.generation_config': Cannot find field.""")]
    [InlineData(
        """{"setup":{"tools":[{},{"functionDeclarations":[{"parameters":{"properties":{"city":{"$ref":1}}}}]}]}}""",
        """Unknown name "$ref" at 'setup.tools[1].function_declarations[0].parameters.properties[0].value': Cannot find field.""")]
    [InlineData("""{"realtimeInput":{"activityStart":{"x":1}}}""", """Unknown name "x" at 'realtime_input.activity_start': Cannot find field.""")]
    [InlineData("""{"setup":{"toolConfig":{}}}""", """Unknown name "toolConfig" at 'setup': Cannot find field.""")]
    [InlineData("""{"setup":{"prefixTurns":[]}}""", """Unknown name "prefixTurns" at 'setup': Cannot find field.""")]
    public void Unknown_name_is_refused_with_its_path(string json, string reason)
    {
        Assert.Equal("Invalid JSON payload received. " + reason, Wire.Refused(json).Message);
        Assert.Equal("Invalid JSON payload received. " + reason, Wire.Refused(json, LiveCompatibility.Guide).Message);
    }

    [Fact]
    public void Wrappers_in_a_locked_setup_are_unknown_names()
    {
        var refusal = Assert.Throws<LiveProtocolException>(
            () => LiveCodec.DecodeAuthTokenRequest("""{"bidiGenerateContentSetup":{"setup":{}}}"""u8));

        Assert.Contains("Unknown name \"setup\" at 'auth_token.bidi_generate_content_setup'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Presence_of_an_empty_message_is_kept()
    {
        const string Json = """
            {"setup":{"sessionResumption":{},"contextWindowCompression":{"slidingWindow":{}},"inputAudioTranscription":{},"tools":[{"googleSearch":{}},{"codeExecution":{}}]}}
            """;

        var setup = Wire.Request(Json).Setup!;

        Assert.NotNull(setup.SessionResumption);
        Assert.NotNull(setup.ContextWindowCompression?.SlidingWindow);
        Assert.NotNull(setup.InputAudioTranscription);
        Assert.Null(setup.OutputAudioTranscription);
        Wire.Equal(Json, Wire.Encode(new LiveSessionRequest { Setup = setup }));
    }

    [Fact]
    public void Empty_list_differs_from_an_absent_one()
    {
        Assert.Empty(Wire.Request("""{"contextUpdate":{"tools":{"tools":[]}}}""").ContextUpdate!.Tools!.Tools!);
        Assert.Null(Wire.Request("""{"contextUpdate":{"tools":{}}}""").ContextUpdate!.Tools!.Tools);
        Assert.Null(Wire.Request("""{"contextUpdate":{}}""").ContextUpdate!.Tools);
    }

    [Theory]
    [InlineData("""{"setup":{},"clientContent":{}}""", "")]
    [InlineData("""{"clientContent":{"turns":[{"parts":[{"text":"a","inlineData":{}}]}]}}""", "client_content.turns[0].parts[0]")]
    [InlineData("""{"setup":{"generationConfig":{"speechConfig":{"voiceConfig":{"voice":"a","prebuiltVoiceConfig":{}}}}}}""", "setup.generation_config.speech_config.voice_config")]
    public void Two_members_of_a_union_are_refused(string json, string path)
    {
        var refusal = Wire.Refused(json);

        Assert.StartsWith("Invalid value", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(path, refusal.Path);
    }

    [Fact]
    public void Setup_and_config_exclude_each_other() =>
        Assert.StartsWith("Invalid value", Wire.Refused("""{"setup":{},"config":{}}""", LiveCompatibility.Guide).Message, StringComparison.Ordinal);

    [Fact]
    public void Null_next_to_a_union_member_is_not_a_second_member() =>
        Assert.Equal("a", Wire.Request("""{"clientContent":{"turns":[{"parts":[{"inlineData":null,"text":"a"}]}]}}""").ClientContent!.Turns![0].Parts![0].Text);
}
