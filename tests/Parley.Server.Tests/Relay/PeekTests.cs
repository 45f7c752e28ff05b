using System.Text;
using Parley.Server.Relay;
using Parley.Server.Wire;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>Classification of messages by ClientPeek and ServerPeek.</summary>
public sealed class PeekTests
{
    [Theory]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""", "Audio", false)]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AA"},"x":{"data":"AA"}}}""", "Audio", false)]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AA"}},"setup":{"a":{"b":"AA"}}}""", "Setup", true)]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AA"},"activityEnd":{}}}""", "Activity", false)]
    [InlineData("""{"realtime_input":{"video":{}}}""", "Video", false)]
    [InlineData("""{"realtimeInput":{"text":"x"}}""", "Text", false)]
    [InlineData("""{"s\u0065tup":{}}""", "Setup", true)]
    [InlineData("""{"config":{}}""", "Setup", true)]
    [InlineData("""{"tool_response":{}}""", "Tool", false)]
    [InlineData("""{} {"setup":{}}""", "Unreadable", false)]
    [InlineData("""{"setup":{}""", "Unreadable", true)]
    [InlineData("[]", "Unreadable", false)]
    public void Client_message_is_classified(string text, string kind, bool hasSetup)
    {
        var peek = ClientPeek.Read(Encoding.UTF8.GetBytes(text));

        Assert.Equal((kind, hasSetup), (peek.Kind.ToString(), peek.HasSetup));
    }

    [Fact]
    public void Server_message_is_classified()
    {
        var frame = Encoding.UTF8.GetBytes("""{"usageMetadata":{"totalTokenCount":3},"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"AA"}}]},"turnComplete":true,"interrupted":false}}""");

        var peek = ServerPeek.Read(frame);

        Assert.Equal("Audio", peek.Kind.ToString());
        Assert.True(peek.IsTurnComplete);
        Assert.True(peek.HasOutput);
        Assert.False(peek.IsInterrupted);
        Assert.False(peek.IsPlainAudio);
        Assert.Equal("""{"totalTokenCount":3}""", Encoding.UTF8.GetString(peek.Usage));
    }

    [Fact]
    public void Reading_audio_does_not_allocate()
    {
        var sound = new string('A', 3_200);
        byte[] sent = [.. Encoding.UTF8.GetBytes($$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"{{{{sound}}}}"}}}""")];
        byte[] said = [.. Encoding.UTF8.GetBytes($$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"{{{{sound}}}}"}}]}},"usageMetadata":{"totalTokenCount":3}}""")];

        Assert.Equal(0, Allocated.Least(1_000, Look));

        void Look()
        {
            _ = ClientPeek.Read(sent).Kind;
            _ = ServerPeek.Read(said).Usage.Length;
        }
    }
}
