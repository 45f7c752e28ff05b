using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

/// <summary>The guide's forms (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#3-the-first-message-config-versus-setup">protocol 3</see>).</summary>
public sealed class GuideTypesTests
{
    [Theory]
    [InlineData("""{"model":"m"}""", """{"model":"models/m"}""")]
    [InlineData("""{"model":"models/m"}""", """{"model":"models/m"}""")]
    [InlineData("""{"model":"tunedModels/m"}""", """{"model":"tunedModels/m"}""")]
    [InlineData("""{"response_modalities":["AUDIO"],"top_p":0.5}""", """{"generationConfig":{"responseModalities":["AUDIO"],"topP":0.5}}""")]
    [InlineData("""{"generationConfig":{"temperature":1,"seed":7},"temperature":0.5}""", """{"generationConfig":{"temperature":0.5,"seed":7}}""")]
    [InlineData("""{"temperature":0.5,"generation_config":{"temperature":1}}""", """{"generationConfig":{"temperature":0.5}}""")]
    [InlineData("""{"generationConfig":{}}""", """{"generationConfig":{}}""")]
    [InlineData("""{"systemInstruction":"Be brief."}""", """{"systemInstruction":{"parts":[{"text":"Be brief."}]}}""")]
    [InlineData("""{"historyConfig":{"initialHistoryInClientContent":true},"labels":{"a":"b"}}""", """{"historyConfig":{"initialHistoryInClientContent":true},"labels":{"a":"b"}}""")]
    public void Config_is_mapped_to_setup(string config, string setup)
    {
        var request = Wire.Request($$"""{"config":{{config}}}""", LiveCompatibility.Guide);

        Assert.True(request.IsGuideConfig);
        Wire.Equal($$"""{"setup":{{setup}}}""", Wire.Encode(request));
    }

    [Theory]
    [InlineData("""{"config":{"audioTranscriptionConfig":{}}}""", "Unknown name \"audioTranscriptionConfig\" at 'config'")]
    [InlineData("""{"config":{"generationConfig":{"x":1}}}""", "Unknown name \"x\" at 'config.generation_config'")]
    [InlineData("""{"config":{"temperature":"warm"}}""", "Invalid value at 'config.temperature'")]
    [InlineData("""{"config":{"temperature":1,"temperature":1}}""", "Invalid value at 'config'")]
    [InlineData("""{"config":"setup"}""", "Invalid value at 'config'")]
    [InlineData("""{"config":{},"realtimeInput":{}}""", "Invalid value")]
    public void Config_is_read_as_strictly_as_setup(string json, string reason) =>
        Assert.Contains(reason, Wire.Refused(json, LiveCompatibility.Guide).Message, StringComparison.Ordinal);

    [Fact]
    public void String_is_accepted_as_instruction_but_not_as_other_content()
    {
        Assert.Equal("a", Wire.Request("""{"setup":{"system_instruction":"a"}}""", LiveCompatibility.Guide).Setup!.SystemInstruction!.Parts![0].Text);
        Assert.Equal("a", Wire.Request("""{"contextUpdate":{"systemInstruction":"a"}}""", LiveCompatibility.Guide).ContextUpdate!.SystemInstruction!.Parts![0].Text);
        Wire.Refused("""{"clientContent":{"turns":["a"]}}""", LiveCompatibility.Guide);
        Wire.Refused("""{"contextUpdate":{"systemInstruction":"a"}}""");
    }

    [Fact]
    public void Media_chunks_are_read_by_default_and_refused_in_strict_mode()
    {
        const string Json = """{"realtime_input":{"media_chunks":[{"mime_type":"audio/pcm","data":"AAA="}]}}""";

        Assert.Equal(2, Wire.Request(Json, LiveCompatibility.Guide).RealtimeInput!.MediaChunks![0].Data!.Value.Length);
        Assert.Equal("realtime_input.media_chunks is deprecated. Use audio, video, or text instead.", Wire.Refused(Json).Message);
    }
}
