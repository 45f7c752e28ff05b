using System.Text.Json;

namespace Parley.TestKit.Tests;

public sealed class CapturesTests
{
    [Fact]
    public void Capture_is_split_by_byte_length()
    {
        var frames = Captures.Parse(">6 \"é<1\"\n<4 [\n]\n>2 {}"u8.ToArray().AsMemory());

        Assert.Equal(
            [(WireDirection.ClientToServer, "\"é<1\""), (WireDirection.ServerToClient, "[\n]\n"), (WireDirection.ClientToServer, "{}")],
            frames.Select(frame => (frame.Direction, frame.Text)));
    }

    [Theory]
    [InlineData("?2 {}")]
    [InlineData(">3 {}")]
    [InlineData(">x {}")]
    [InlineData(">2")]
    public void Damaged_capture_is_refused(string log) =>
        Assert.Throws<FormatException>(() => Captures.Parse(System.Text.Encoding.UTF8.GetBytes(log)));

    [Fact]
    public void Every_recorded_message_is_valid()
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);

        Assert.NotEmpty(Captures.Names);
        Assert.All(Captures.Names, name =>
        {
            var frames = Captures.Read(name);
            Assert.NotEmpty(frames);
            Assert.All(frames, frame => WireSchema.Live.Require(
                frame.Direction is WireDirection.ClientToServer ? "ClientMessage" : "ServerMessage",
                SnakeCase.ToCamelCase(JsonElement.Parse(frame.Utf8.Span))));
        });
    }
}
