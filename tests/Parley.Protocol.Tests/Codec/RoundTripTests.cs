using System.Text.Json;
using CsCheck;
using Parley.Protocol.Codec;
using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

public sealed class RoundTripTests
{
    [Fact]
    public void Any_request_is_read_in_any_spelling_and_written_in_ours() => Gen.UInt.Sample(seed =>
    {
        var (sent, written) = new MessageGenerator((int)seed).Message(WireTypes.LiveSessionRequest);
        if (written["realtimeInput"]?["mediaChunks"] is null)
            Wire.Equal(Json(written), Wire.Encode(Wire.Request(sent.ToJsonString())));

        var request = Wire.Request(sent.ToJsonString(), LiveCompatibility.Guide);

        Wire.Equal(Json(written), Wire.Encode(request));
    }, iter: 3_000);

    [Fact]
    public void Any_response_is_read_in_any_spelling_and_written_in_ours() => Gen.UInt.Sample(seed =>
    {
        var (sent, written) = new MessageGenerator((int)seed).Message(WireTypes.LiveSessionResponse);

        var response = Wire.Response(sent.ToJsonString());

        Assert.Null(response.Extra);
        Wire.Equal(Json(written), Wire.Encode(response));
    }, iter: 3_000);

    [Fact]
    public void Any_token_request_is_read_in_any_spelling_and_written_in_ours() => Gen.UInt.Sample(seed =>
    {
        var (sent, written) = new MessageGenerator((int)seed).Message(WireTypes.AuthTokenRequest);

        var request = LiveCodec.DecodeAuthTokenRequest(JsonSerializer.SerializeToUtf8Bytes(sent));

        Wire.Equal(Json(written), Wire.Written(output => LiveCodec.Encode(request, output)));
    }, iter: 1_000);

    private static JsonElement Json(object node) => JsonSerializer.SerializeToElement(node);
}
