using System.Net.WebSockets;
using System.Text.Json;

namespace Parley.TestKit.Tests;

public sealed class WireExamplesTests
{
    [Fact]
    public void Every_example_has_exactly_one_kind()
    {
        string[] kinds = [.. WireExamples.Client, .. WireExamples.Server, .. WireExamples.Invalid, .. WireExamples.Rest];

        Assert.Equal(WireExamples.All, kinds.Order(StringComparer.Ordinal));
        Assert.NotEmpty(WireExamples.Client);
        Assert.NotEmpty(WireExamples.Server);
        Assert.NotEmpty(WireExamples.Rest);
    }

    [Fact]
    public void Every_invalid_file_has_an_expectation_and_every_expectation_a_file() =>
        Assert.Equal(WireExamples.Invalid, WireExamples.Expectations.Files.Select(entry => entry.File).Order(StringComparer.Ordinal));

    [Fact]
    public void Expectation_has_the_values_of_the_file()
    {
        var entry = WireExamples.Expectations.File("invalid.second-setup.json");

        Assert.Equal("after setupComplete", entry.State);
        Assert.Equal(WireDirection.ClientToServer, entry.Direction);
        Assert.Equal(1007, entry.Close!.Code);
        Assert.Equal(["Request contains an invalid argument."], entry.Close.AlternativeReasons);
        Assert.Equal(WireDirection.ServerToClient, WireExamples.Expectations.File("invalid.duration-type.json").Direction);
        Assert.Null(WireExamples.Expectations.File("invalid.empty-object.json").Close);
    }

    [Fact]
    public void Close_matches_by_code_and_one_of_its_reasons()
    {
        var close = WireExamples.Expectations.File("invalid.second-setup.json").Close!;

        Assert.True(close.Matches(1007, "Error: setup must be the first message and only the first."));
        Assert.True(close.Matches(1007, "Request contains an invalid argument."));
        Assert.False(close.Matches(1008, "Request contains an invalid argument."));
        Assert.False(close.Matches(1007, "no"));
    }

    [Fact]
    public void Long_expected_reason_is_cut_as_on_the_wire()
    {
        var reason = new string('é', 100);

        Assert.True(new ExpectedClose(1007, reason, []).Matches(1007, new string('é', 61)));
    }

    [Fact]
    public void Raw_frames_have_their_bytes()
    {
        var frames = WireExamples.Expectations;

        Assert.Equal("hello"u8, frames.RawFrame("not-json").Payload.Span);
        Assert.Equal([0x7b, 0xff, 0x7d], frames.RawFrame("invalid-utf8-text").Payload.ToArray());
        Assert.Equal(WebSocketMessageType.Binary, frames.RawFrame("binary-setup").Type);
        var oversized = frames.RawFrame("oversized").Payload;
        Assert.Equal(8_388_608, oversized.Length);
        Assert.Empty(WireSchema.Live.Validate("ClientMessage", JsonElement.Parse(oversized.Span)));
    }

    [Fact]
    public void Handshakes_have_a_status() =>
        Assert.Equal(404, WireExamples.Expectations.Handshake("unknown-path").Status);
}
