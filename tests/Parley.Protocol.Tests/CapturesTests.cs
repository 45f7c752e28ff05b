using Parley.Protocol.Tests.Support;
using Parley.TestKit;

namespace Parley.Protocol.Tests;

/// <summary>Messages exchanged by the real service and its SDKs.</summary>
public sealed class CapturesTests
{
    [Fact]
    public void Every_recorded_client_message_is_a_request()
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);

        foreach (var (name, frame) in Frames(WireDirection.ClientToServer))
        {
            var request = Decode(name, frame, () => LiveCodec.DecodeRequest(frame.Utf8.Span));
            Wire.Equal(Wire.Encode(request), Wire.Encode(Wire.Request(Wire.Encode(request).GetRawText(), LiveCompatibility.Guide)));
        }
    }

    [Fact]
    public void Every_recorded_server_message_is_read_completely()
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);

        foreach (var (name, frame) in Frames(WireDirection.ServerToClient))
        {
            var response = Decode(name, frame, () => LiveCodec.DecodeResponse(frame.Utf8.Span));
            Assert.True(response.Extra is null, $"{name}: {string.Join(", ", response.Extra?.Keys ?? [])}");
            Assert.NotEqual(LiveResponseKinds.None, response.Kinds);
        }
    }

    [Fact]
    public void Recorded_audio_takes_the_fast_path()
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);
        var found = 0;

        foreach (var (name, frame) in Frames(WireDirection.ServerToClient))
        {
            var content = LiveCodec.DecodeResponse(frame.Utf8.Span).ServerContent;
            var fast = AudioMessage.TryFindOutput(frame.Utf8.Span, out var chunk);
            var pcm = new byte[chunk.PcmBytes];
            if (content is { ModelTurn.Parts: [{ InlineData: { } blob }], TurnComplete: null, GenerationComplete: null })
            {
                Assert.True(fast && chunk.TryDecode(pcm, out _), name);
                Assert.Equal(blob.Data!.Value.ToArray(), pcm);
                found++;
            }
        }

        Assert.NotEqual(0, found);
    }

    private static IEnumerable<(string Name, CapturedFrame Frame)> Frames(WireDirection direction) =>
        from name in Captures.Names from frame in Captures.Read(name) where frame.Direction == direction select (name, frame);

    private static T Decode<T>(string name, CapturedFrame frame, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (LiveProtocolException e)
        {
            throw new ExpectationException($"{name}: {e.Message} in {frame.Text[..Math.Min(frame.Text.Length, 300)]}", e);
        }
    }
}
