using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Parley.Protocol.Tests.Support;

/// <summary>The codec with strings and JSON, for tests.</summary>
internal static class Wire
{
    public static LiveSessionRequest Request(string json, LiveCompatibility compatibility = LiveCompatibility.Strict) =>
        LiveCodec.DecodeRequest(Encoding.UTF8.GetBytes(json), compatibility);

    public static LiveSessionResponse Response(string json) => LiveCodec.DecodeResponse(Encoding.UTF8.GetBytes(json));

    public static Setup Setup(string setup) => Request($$"""{"setup":{{setup}}}""").Setup!;

    public static LiveProtocolException Refused(string json, LiveCompatibility compatibility = LiveCompatibility.Strict) =>
        Assert.Throws<LiveProtocolException>(() => Request(json, compatibility));

    public static JsonElement Encode(LiveSessionRequest message) => Written(output => LiveCodec.Encode(message, output));

    public static JsonElement Encode(LiveSessionResponse message) => Written(output => LiveCodec.Encode(message, output));

    public static JsonElement Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return JsonElement.Parse(output.WrittenSpan);
    }

    public static void Equal(string expected, JsonElement actual) => Equal(JsonElement.Parse(expected), actual);

    public static void Equal(JsonElement expected, JsonElement actual)
    {
        if (!JsonElement.DeepEquals(expected, actual))
            Assert.Fail($"Not the same JSON.\nexpected: {expected.GetRawText()}\nactual:   {actual.GetRawText()}");
    }
}
