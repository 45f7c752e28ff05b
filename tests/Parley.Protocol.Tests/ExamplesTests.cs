using System.Text;
using System.Text.Json;
using Parley.Protocol.Tests.Support;
using Parley.TestKit;

namespace Parley.Protocol.Tests;

public sealed class ExamplesTests
{
    /// <summary>Examples of the guide's forms, which the public service refuses.</summary>
    private static readonly HashSet<string> GuideOnly =
        ["client.setup-guide-config.json", "client.setup-guide-config-full.json", "client.media-chunks-legacy.json"];

    /// <summary>Files with a fault that decoding detects; the other faults are of state, model or value.</summary>
    private static readonly HashSet<string> DecodingFaults =
    [
        "invalid.unknown-top-level.json", "invalid.config-in-strict-mode.json", "invalid.modalities-directly-in-setup.json",
        "invalid.unknown-nested-field.json", "invalid.tool-schema-keyword.json", "invalid.enum-value.json", "invalid.wrong-type.json",
        "invalid.system-instruction-string.json", "invalid.two-union-members.json", "invalid.media-chunks-in-strict-mode.json",
        "invalid.bad-base64.json",
    ];

    public static TheoryData<string> InvalidOfClients =>
        [.. WireExamples.Invalid.Where(file => WireExamples.Expectations.File(file).Direction == WireDirection.ClientToServer)];

    [Theory]
    [MemberData(nameof(WireExamples.ClientRows), MemberType = typeof(WireExamples))]
    public void Client_example_survives_decoding_and_encoding(string file)
    {
        var request = LiveCodec.DecodeRequest(WireExamples.Utf8(file));

        var written = Wire.Encode(request);

        Wire.Equal(Canonical.Request(WireExamples.Json(file)), written);
        WireSchema.Live.Require(file == "client.setup-locked-token.json" ? "ConstrainedClientMessage" : "ClientMessage", written);
        Assert.Equal(file.Contains("guide-config", StringComparison.Ordinal), request.IsGuideConfig);
    }

    [Theory]
    [MemberData(nameof(WireExamples.ClientRows), MemberType = typeof(WireExamples))]
    public void Strict_mode_accepts_every_client_example_except_the_forms_of_the_guide(string file)
    {
        var refusal = Record.Exception(() => LiveCodec.DecodeRequest(WireExamples.Utf8(file), LiveCompatibility.Strict));

        Assert.Equal(GuideOnly.Contains(file), refusal is LiveProtocolException);
        if (refusal is null)
            Wire.Equal(Canonical.Request(WireExamples.Json(file)), Wire.Encode(LiveCodec.DecodeRequest(WireExamples.Utf8(file), LiveCompatibility.Strict)));
    }

    [Theory]
    [MemberData(nameof(WireExamples.ServerRows), MemberType = typeof(WireExamples))]
    public void Server_example_survives_decoding_and_encoding(string file)
    {
        var response = LiveCodec.DecodeResponse(WireExamples.Utf8(file));

        var written = Wire.Encode(response);

        Assert.Null(response.Extra);
        Assert.Null(response.Error);
        Wire.Equal(Canonical.Plain(WireExamples.Json(file)), written);
        WireSchema.Live.Require("ServerMessage", written);
    }

    [Fact]
    public void Token_examples_survive_decoding_and_encoding()
    {
        const string Request = "rest.auth-token-request.json", Response = "rest.auth-token-response.json";

        Wire.Equal(
            Canonical.Plain(WireExamples.Json(Request)),
            Wire.Written(output => LiveCodec.Encode(LiveCodec.DecodeAuthTokenRequest(WireExamples.Utf8(Request)), output)));
        Wire.Equal(
            Canonical.Plain(WireExamples.Json(Response)),
            Wire.Written(output => LiveCodec.Encode(LiveCodec.DecodeAuthTokenResponse(WireExamples.Utf8(Response)), output)));
    }

    [Theory]
    [MemberData(nameof(InvalidOfClients))]
    public void Invalid_example_is_refused_with_the_reason_of_the_service_if_decoding_detects_the_fault(string file)
    {
        var refusal = Record.Exception(() => LiveCodec.DecodeRequest(WireExamples.Utf8(file), LiveCompatibility.Strict));

        Assert.Equal(DecodingFaults.Contains(file), refusal is not null);
        if (refusal is not null)
        {
            var reason = Assert.IsType<LiveProtocolException>(refusal).Message;
            Assert.True(WireExamples.Expectations.File(file).Close!.Matches(1007, reason), reason);
        }
    }

    [Theory]
    [MemberData(nameof(InvalidOfClients))]
    public void Forms_of_the_guide_are_accepted_by_default(string file)
    {
        var accepted = WireExamples.Expectations.File(file).CompatibilityMode is not null || !DecodingFaults.Contains(file);

        var refusal = Record.Exception(() => LiveCodec.DecodeRequest(WireExamples.Utf8(file)));

        Assert.Equal(accepted, refusal is null);
    }

    [Theory]
    [InlineData("invalid.duration-type.json")]
    [InlineData("invalid.server-two-union-members.json")]
    public void Client_tolerates_messages_a_server_must_not_send(string file) =>
        Assert.Equal(LiveResponseKinds.None, LiveCodec.DecodeResponse(WireExamples.Utf8(file)).Kinds & LiveResponseKinds.Error);

    [Theory]
    [InlineData("not-json")]
    [InlineData("truncated-json")]
    [InlineData("json-array")]
    [InlineData("invalid-utf8-text")]
    public void Raw_frame_that_is_not_a_message_is_refused(string name)
    {
        var frame = WireExamples.Expectations.RawFrame(name);

        foreach (var compatibility in Enum.GetValues<LiveCompatibility>())
        {
            var refusal = Assert.Throws<LiveProtocolException>(() => LiveCodec.DecodeRequest(frame.Payload.Span, compatibility));
            Assert.True(frame.Close!.Matches(1007, refusal.Message), refusal.Message);
        }
        Assert.Throws<LiveProtocolException>(() => LiveCodec.DecodeResponse(frame.Payload.Span));
    }

    [Fact]
    public void Indented_setup_complete_has_the_26_bytes_of_the_service()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();

        LiveCodec.Encode(new LiveSessionResponse { SetupComplete = new SetupComplete() }, output, indented: true);

        Assert.Equal("{\n  \"setupComplete\": {}\n}\n", Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.Equal(26, output.WrittenCount);
    }

    [Fact]
    public void Base64_is_written_without_escapes()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        byte[] plusAndSlash = [0xfb, 0xef, 0xff];

        LiveCodec.Encode(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Audio = new Blob { MimeType = "audio/pcm", Data = plusAndSlash } } }, output);

        Assert.Equal("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"++//"}}}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Text_survives_encoding()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();

        LiveCodec.Encode(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Text = "Grüße <&> 👋" } }, output);

        Assert.Equal("Grüße <&> 👋", JsonElement.Parse(output.WrittenSpan).GetProperty("realtimeInput").GetProperty("text").GetString());
    }
}
